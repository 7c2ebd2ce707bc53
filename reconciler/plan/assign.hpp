// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Assigns policies to grants. Altered, duplicate, moved and swapped policies are resolved here, so
// that no plan makes two conflicting writes.
#pragma once

#include "reconciler/plan/survey.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// The decision on one policy.
enum class Disposition {
  bystander,  // not ours to change: foreign, theirs, disputed, unmanaged, unmarked
  frozen,     // suspended, pinned, or its grant cannot be judged
  serves,     // matches its grant at its current key, or will after one PUT
  restored,   // altered: one PUT restores it to its grant's key
  waits,      // altered: its grant's key becomes free in this plan; restored in the next one
  released,   // its marker is removed
  surplus,    // ours, and no grant needs it
};

struct Placement {
  Disposition disposition = Disposition::bystander;
  std::optional<std::size_t> want = {};  // serves, restored, waits: the grant
};

struct Assignment {
  std::vector<Placement> placements;               // one per surveyed
  std::vector<std::optional<std::size_t>> server;  // for each want: the surveyed that serves it
};

/// The policy serves a grant, now or once it is restored.
inline bool is_server(std::size_t surveyed, const Assignment& assignment) {
  const auto& want = assignment.placements[surveyed].want;
  return want && assignment.server[*want] == surveyed;
}

Assignment assign(const Survey& survey, const Ownership& ownership, const PlanOptions& options);

/// The policy's protection is in force. If the state knows our last write, the state decides: a "!"
/// that someone added blocks no repair, and one that someone removed still counts.
bool is_protected(const SurveyedPolicy& surveyed, const Survey& survey, const PlanOptions& options);

/// The change would remove access that the policy's protection, in force, keeps. Removing what
/// others added since is allowed: that restores the protected content. No `after`: a delete.
bool is_forbidden(const SurveyedPolicy& surveyed,
                  const std::optional<PolicyContent>& after,
                  const Survey& survey,
                  const PlanOptions& options);

/// The key under which its protection is stored: for an altered policy, the key of its original
/// grant.
const Key& protected_key(const SurveyedPolicy& surveyed, const Survey& survey);

/// The description that the grant's policy should have, including the marker, when `surveyed` (if
/// any) is changed to serve it.
std::string wanted_description(const Want& want,
                               const SurveyedPolicy* surveyed,
                               const Survey& survey,
                               const Ownership& ownership,
                               const PlanOptions& options);

/// Whether the policy has exactly that description.
bool has_wanted_description(const Want& want,
                            const SurveyedPolicy& surveyed,
                            const Survey& survey,
                            const Ownership& ownership,
                            const PlanOptions& options);

/// The complete content that the grant's policy should have.
PolicyContent wanted_content(const Want& want,
                             const SurveyedPolicy* surveyed,
                             const Survey& survey,
                             const Ownership& ownership,
                             const PlanOptions& options);

}  // namespace authzd
