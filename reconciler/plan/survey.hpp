// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Both worlds side by side, indexed: every live policy with its owner class, every grant with what
// its manifest asks for, and which policies sit on which grant's key. Nothing is decided here.
#pragma once

#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/planner.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace authzd {

/// What a manifest asks for its grant, at this moment.
enum class Wish {
  wanted,
  suspended,   // touch nothing
  unresolved,  // its roles could not be looked up: touch nothing
  unlocated,   // the instance that it names was not found: touch nothing
  released,    // stop managing, keep the policy
  expired,     // no longer desired
  doubtful,    // expired by a clock that is not to be trusted: touch nothing
  pinned,      // an undo or a release was here, and the grant is what it was: touch nothing
};

/// The grant's key is not to be touched, by any action.
constexpr bool holds_still(Wish wish) {
  return wish == Wish::suspended || wish == Wish::unresolved || wish == Wish::unlocated ||
         wish == Wish::doubtful || wish == Wish::pinned;
}

struct Want {
  const ResolvedGrant* resolved = nullptr;
  Wish wish = Wish::wanted;
  std::vector<std::size_t> holders = {};  // sightings that have its key, by id

  [[nodiscard]] const Grant& grant() const { return *resolved->grant; }
};

struct Sighting {
  const Observed* policy = nullptr;
  Key key;
  Description description;
  OwnerClass owner = OwnerClass::unmanaged;
  std::optional<std::size_t> want_at_key = {};  // the grant with the key that it has now
  std::optional<std::size_t> made_for = {};     // altered: the grant that we wrote it for
  const WrittenPolicy* written = nullptr;       // as our last write left it, where that is known
  /// What the document asks for that inherits the key that the policy has, or was made for; or
  /// whose grant it may be, by its name and all but the instance that was not found.
  std::optional<Wish> inherited_wish = {};
  /// Our last write marked it as protected, by the state's word, or its marker has the "!", which a
  /// twin of ours may have written: it is not deleted.
  bool is_marked_protected = false;
  /// The same, and the "!" is not by somebody else's hand as far as can be told: a repair that
  /// narrows is forbidden, too.
  bool is_protection_ours = false;
  bool is_pinned = false;  // its key is, or the key that it was made for
};

/// The policy by itself: its key, its marker and whose it is. Points into `policy` and `ownership`.
Sighting sight(const AccountId& account, const Observed& policy, const Ownership& ownership);

struct Survey {
  std::vector<Sighting> sightings;  // by policy id; active ones, each id once
  std::vector<Want> wants;          // by key; each key once
  /// Documents of which a grant is unresolved or unlocated, by name, and which of the two.
  std::map<std::string, Wish, std::less<>> unresolved;

  /// The grant that decides on the policy: of an altered one that for which it was made, if any.
  [[nodiscard]] const Want* want_of(const Sighting& sighting) const;

  /// Of a policy that is not to be touched: whose wish that is.
  [[nodiscard]] Wish wish_that_freezes(const Sighting& sighting) const;
};

/// Of the options: what time it is, whether that can be trusted, and the pins. The result points
/// into `desired` and `observed`.
Survey survey(const AccountId& account,
              std::span<const ResolvedGrant> desired,
              std::span<const Observed> observed,
              const Ownership& ownership,
              const PlanOptions& options);

}  // namespace authzd
