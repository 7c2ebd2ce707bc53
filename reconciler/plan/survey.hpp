// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Indexes both sides: every live policy with its owner class, every grant with what its manifest
// asks for, and which policies have which grant's key. It decides nothing.
#pragma once

#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/planner.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// What a manifest asks for its grant at this moment.
enum class GrantState {
  wanted,
  suspended,   // touch nothing
  unresolved,  // its roles could not be looked up: touch nothing
  unlocated,   // its instance was not found by name: touch nothing
  released,    // stop managing, keep the policy
  expired,     // no longer desired
  doubtful,    // expired by a clock in doubt: touch nothing
  pinned,      // an undo or a release pinned it, and the grant is unchanged: touch nothing
};

/// No action may touch the grant's key.
constexpr bool holds_still(GrantState state) {
  return state == GrantState::suspended || state == GrantState::unresolved ||
         state == GrantState::unlocated || state == GrantState::doubtful ||
         state == GrantState::pinned;
}

struct Want {
  const ResolvedGrant* resolved = nullptr;
  GrantState state = GrantState::wanted;
  std::span<const std::size_t> holders = {};  // policies that have its key, by id

  [[nodiscard]] const Grant& grant() const { return *resolved->grant; }
};

/// A description, parsed when somebody needs it: of most policies nobody does.
class LazyDescription {
 public:
  LazyDescription() = default;
  /// `written` must outlive this.
  explicit LazyDescription(const std::string& written) : written_(&written) {}
  explicit LazyDescription(Description parsed)
      : parsed_(std::make_unique<const Description>(std::move(parsed))) {}

  const Description& operator*() const;
  const Description* operator->() const { return &**this; }

 private:
  const std::string* written_ = nullptr;  // null: nothing, or parsed
  mutable std::unique_ptr<const Description> parsed_;
};

struct SurveyedPolicy {
  const Observed* policy = nullptr;
  Key key;
  LazyDescription description;
  OwnerClass owner = OwnerClass::unmanaged;
  std::optional<std::size_t> want_at_key = {};  // the grant with the policy's current key
  std::optional<std::size_t> made_for = {};     // altered: the grant that we wrote it for
  const WrittenPolicy* written = nullptr;       // as our last write left it, if known
  /// The state of the document that inherits the policy's key, or the key it was made for; or of
  /// the grant whose instance was not found that it may belong to.
  std::optional<GrantState> inherited_state = {};
  /// The state says that our last write marked it as protected, or its marker has the "!", which a
  /// twin of ours may have written: it is not deleted.
  bool is_marked_protected = false;
  /// The same, and there is no sign that somebody else added the "!": a repair that narrows is
  /// forbidden, too.
  bool is_protection_ours = false;
  bool is_pinned = false;  // its key is pinned, or the key that it was made for
  /// Recognised: it is what its grant wants, but for a protection that the policy should have and
  /// the grant does not say. False: it has to be compared.
  bool is_as_granted = false;

  /// The name in its marker; empty without one.
  [[nodiscard]] std::string marker_name() const {
    return description->marker ? description->marker->name : std::string();
  }
};

/// The policy by itself: its key, its marker and its owner. Points into `policy` and `ownership`.
SurveyedPolicy sight(const AccountId& account, const Observed& policy, const Ownership& ownership);

struct Survey {
  Survey() = default;
  Survey(Survey&&) = default;  // the wants refer to `holders`, which stays where it is
  Survey& operator=(Survey&&) = default;

  std::vector<SurveyedPolicy> policies;  // by policy id; active ones, each id once
  std::vector<Want> wants;               // by key; each key once
  std::vector<std::size_t> holders;      // of all wants
  /// Documents with an unresolved or unlocated grant, by name, and which of the two.
  std::map<std::string, GrantState, std::less<>> unresolved;

  /// The grant that decides about the policy: for an altered one, the grant that it was made for,
  /// if any.
  [[nodiscard]] const Want* want_of(const SurveyedPolicy& surveyed) const;

  /// For a policy that must not be touched: the state that forbids it.
  [[nodiscard]] GrantState wish_that_freezes(const SurveyedPolicy& surveyed) const;
};

/// Uses these options: the time, whether it is trusted, the pins, what is inherited, and the ids of
/// instance names. The result points into
/// `desired` and `observed`.
Survey survey(const AccountId& account,
              std::span<const ResolvedGrant> desired,
              std::span<const Observed> observed,
              const Ownership& ownership,
              const PlanOptions& options);

}  // namespace authzd
