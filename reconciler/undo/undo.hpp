// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The undo planner takes what a run did and what IAM has now, and returns a plan that reverts the
// run. Like the planner it is a pure function, and the same rails apply to its plan (design §6).
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

/// How long IAM keeps a deleted policy that can be restored with its id (iam-api §2.6).
inline constexpr std::chrono::hours kDeletedKept{24 * 10};

/// An action of the run to undo.
struct PastAction {
  Action action;
  std::optional<Outcome> outcome;  // none: unknown; the policy will show it
};

struct UndoOptions {
  Mode mode = Mode::sync;  // actions that it does not allow are notes, as in every plan
  std::vector<PolicyPattern> never = {};  // policies that are never touched
  /// Deleted policies that IAM no longer keeps, as a read showed: they are recreated.
  std::set<PolicyId> forgotten = {};
};

struct Undo {
  Plan plan;
  /// Keys that the plan changes: pin them before its first write, so that no cycle reverts the
  /// undo.
  std::set<Key> touched;
};

/// Policies that the run removed and that do not exist now: a read of each shows whether IAM still
/// keeps it.
[[nodiscard]] std::set<PolicyId> removed_for_good(std::span<const PastAction> past,
                                                  std::span<const Observed> observed);

/// Restores what the run removed: a create with an id restores that policy or, if that is
/// impossible, makes a new one. Resets what the run changed and removes what it made. Each only if
/// the policy is as the run left it; otherwise it becomes a conflict with a reason. `observed` is
/// everything in the account now. The run may be an undo itself.
Undo make_undo(const AccountId& account,
               std::span<const PastAction> past,
               std::span<const Observed> observed,
               const Ownership& ownership,
               const UndoOptions& options);

}  // namespace authzd
