// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Exit codes of all commands (design §10), and which one a call with several results ends in.
#pragma once

#include "reconciler/base/error.hpp"
#include "reconciler/plan/plan.hpp"

#include <set>

namespace authzd {

enum class ExitCode : int {
  done = 0,       // done, or nothing to do
  error = 1,      // something failed that is none of the others
  changes = 2,    // only with --detailed-exitcode: the plan has changes
  held = 3,       // a rail holds something back
  invalid = 4,    // the manifests or the configuration are invalid
  conflicts = 5,  // partly applied, or conflicts remain; a trace contradicts a fact
  usage = 64,     // the command line is wrong
};

/// The first that fits of usage, invalid, error, held, conflicts, changes, done.
ExitCode worst(const std::set<ExitCode>& codes);

ExitCode exit_code(const Error& error);

/// What a plan alone says: held, conflicts, changes, done.
std::set<ExitCode> exit_codes(const PlanCounts& counts);

}  // namespace authzd
