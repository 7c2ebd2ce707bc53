// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan that a person asked for and no revision: of an undo, or of a release. It is shown and
// confirmed, then computed once more in the account's turn, and performed if it is still the same.
#pragma once

#include "daemon/cli/planning_command.hpp"

#include <functional>
#include <string>

namespace authzd {

/// How a plan that is of no revision is asked for, and its holds let through.
struct AskedBy {
  std::string command = {};        // which takes the plan's hash
  std::string approved_with = {};  // to be added to `authzd approve HASH`
};

struct AskedPlan {
  RunKind kind = RunKind::undo;
  std::string question;
  bool yes = false;            // does not ask
  std::string plan_hash = {};  // of the one plan that is meant, held actions included: nor does it
  AskedBy by = {};
  OutputForm output = OutputForm::text;
  PlanDetail detail = {};
  Error nothing = {};  // fails with it where no account has anything to do or to say
  /// Called for an account before its first write; an error ends it there. May be empty.
  std::function<Result<void>(AccountRuntime&)> before_write = {};
  /// Called for an account when its writes have ended, well or not. May be empty.
  std::function<Result<void>(AccountRuntime&, const Performed&)> after_writes = {};
};

/// Makes the plan of one account: once to show it, beside a cycle perhaps, and in a daemon once
/// more in the account's turn. It changes nothing.
using PlanMaker = std::function<Async<Planned>(AccountRuntime&, PlanPurpose)>;

/// The same as a planner, which shows why a plan cannot be made. `maker` outlives it.
Planner asked_planner(const CommandContext& context, const PlanMaker& maker);

/// Shows the plans, asks once for all of them, and performs them. `maker` outlives the call.
Ending perform_asked(CommandContext context,
                     Workplace place,
                     AskedPlan asked,
                     const PlanMaker& maker);

}  // namespace authzd
