// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The lines of a cycle in the log. What stays as it was in the cycle before is not said again.
#pragma once

#include "daemon/cycle/open_writes.hpp"
#include "daemon/cycle/run_cycle.hpp"
#include "reconciler/converge/fold_cycle.hpp"

namespace authzd {

void log_refusal(AccountRuntime& account, const Refusal& refusal);
void log_failure(AccountRuntime& account, const Error& error);
void log_suspension(AccountRuntime& account, const Suspension& suspension);

/// What reading told of writes whose end nobody had heard of: part of log_findings, and for plans
/// that no cycle made.
void log_loose_ends(const AccountRuntime& account, const OpenWrites& ends);

/// Conflicts, holds, drift, what is gone, a clock that is off.
void log_findings(AccountRuntime& account, const Planned& planned);

/// What the mode does not allow, or what rests after failures: each once. In mode observe this is
/// the plan: whoever is about to let authzd write reads it here.
void log_kept_back(AccountRuntime& account, const Plan& plan);

/// Writes that fail in a new way, and objects that are Stalled from now on.
void log_news(AccountRuntime& account, const Performed& performed, const CycleNews& news);

void log_end(const AccountRuntime& account, const Performed& performed);

}  // namespace authzd
