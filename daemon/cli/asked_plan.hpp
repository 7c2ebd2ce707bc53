// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan that a person asked for and no revision: of an undo, or of a release. It is shown, asked
// about, made anew where the daemon went on meanwhile, and performed.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/run/cycle.hpp"

#include <functional>
#include <string>

namespace authzd {

struct AskedPlan {
  RunKind kind = RunKind::undo;
  std::string question;
  bool yes = false;  // does not ask
  OutputForm output = OutputForm::text;
  Error nothing = {};  // fails with it where no account has anything to do or to say
  /// Called for an account before its first write; an error ends it there. May be empty.
  std::function<Result<void>(AccountRuntime&)> before_write = {};
  /// Called for an account when its writes have ended, well or not. May be empty.
  std::function<Result<void>(AccountRuntime&, const Performed&)> after_writes = {};
};

/// Makes the plan of one account; called with its turn taken, twice where the answer took time.
using PlanMaker = std::function<Async<Planned>(AccountRuntime&)>;

/// Shows the plans, asks once for all of them, and performs them. `maker` outlives the call.
Ending perform_asked(CommandContext context,
                     Workplace place,
                     AskedPlan asked,
                     const PlanMaker& maker);

}  // namespace authzd
