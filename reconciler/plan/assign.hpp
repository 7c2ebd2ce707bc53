// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which policy serves which grant. This is where altered, doubled, moved and swapped policies are
// sorted out, so that no plan makes two writes that stand in each other's way.
#pragma once

#include "reconciler/plan/survey.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// What becomes of one policy.
enum class Fate {
  bystander,  // not ours to decide on: foreign, theirs, disputed, unmanaged, unmarked
  frozen,     // suspended, pinned, or its grant cannot be judged
  serves,     // is, or by one PUT becomes, what its grant wants, at the key that it has
  restored,   // altered: one PUT brings it back to its grant's key
  waits,      // altered: its grant's key is being vacated in this plan; restored in the next
  released,   // its marker is taken off
  surplus,    // ours, and no grant needs it
};

struct Placement {
  Fate fate = Fate::bystander;
  std::optional<std::size_t> want = {};  // serves, restored, waits: the grant
};

struct Assignment {
  std::vector<Placement> placements;               // one for each sighting
  std::vector<std::optional<std::size_t>> server;  // for each want: the sighting that serves it
};

Assignment assign(const Survey& survey, const Ownership& ownership, const PlanOptions& options);

/// The policy's protection is in force. Whether it has any the state says, where it knows our last
/// write: a "!" that someone added forbids no repair, and one that someone took off still counts.
bool is_protected(const Sighting& sighting, const Survey& survey, const PlanOptions& options);

/// The change would take away some of what the policy's protection, in force, is for. To take away
/// what others added since is no such change: that restores what was protected. No `after`: a
/// delete.
bool is_forbidden(const Sighting& sighting,
                  const std::optional<PolicyContent>& after,
                  const Survey& survey,
                  const PlanOptions& options);

/// The key that its protection is kept by: of an altered policy that of the grant it was made for.
const Key& protected_key(const Sighting& sighting, const Survey& survey);

/// The description that the grant's policy is to have, marker included, when `sighting` (if any) is
/// made to serve it.
std::string wanted_description(const Want& want,
                               const Sighting* sighting,
                               const Survey& survey,
                               const Ownership& ownership,
                               const PlanOptions& options);

/// All that the grant's policy is to hold.
PolicyContent wanted_content(const Want& want,
                             const Sighting* sighting,
                             const Survey& survey,
                             const Ownership& ownership,
                             const PlanOptions& options);

}  // namespace authzd
