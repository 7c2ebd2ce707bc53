// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The undo planner: what a run did, and what IAM has now, in; a plan that takes it back, out. Like
// the planner it is a pure function, and its plan goes through the same rails (design §6).
#pragma once

#include "reconciler/converge/converge.hpp"
#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/planner.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// For so long IAM keeps a deleted policy, to be restored with its id (iam-api §2.6).
inline constexpr std::chrono::hours kDeletedKept{24 * 10};

/// An action of the run that is to be undone.
struct PastAction {
  Action action;
  std::optional<Outcome> outcome;  // none: nobody knows how it ended; the policy will tell
};

struct UndoOptions {
  Mode mode = Mode::sync;                 // what it does not allow is a note, as in every plan
  std::vector<PolicyPattern> never = {};  // policies that are never touched
  /// Deleted policies that a read shows IAM to keep no more: what comes in their place is new.
  std::set<PolicyId> forgotten = {};
};

struct Undo {
  Plan plan;
  /// Keys of what the plan does: to be pinned before its first write, so that no cycle takes the
  /// undo back.
  std::set<Key> touched;
};

/// Policies that the run removed and that are not there now: a read of each tells whether IAM still
/// keeps it.
[[nodiscard]] std::set<PolicyId> removed_for_good(std::span<const PastAction> past,
                                                  std::span<const Observed> observed);

/// Brings back what the run removed: a create that carries an id is a restore of that policy, or
/// where it cannot be restored, a new one. Resets what the run changed and removes what it made.
/// Each only where the policy is as the run left it; what is not becomes a conflict with a reason.
/// `observed` is all that the account has now. The past may be an undo, too.
Undo make_undo(const AccountId& account,
               std::span<const PastAction> past,
               std::span<const Observed> observed,
               const Ownership& ownership,
               const UndoOptions& options);

}  // namespace authzd
