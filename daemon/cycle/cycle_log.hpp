// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The log lines of a cycle. What the cycle before has reported is not repeated.
#pragma once

#include "daemon/cycle/open_writes.hpp"
#include "daemon/cycle/run_cycle.hpp"
#include "reconciler/converge/fold_cycle.hpp"

namespace authzd {

void log_refusal(AccountRuntime& account, const Refusal& refusal);
void log_failure(AccountRuntime& account, const Error& error);
/// What the configuration requires of manifests, and the revision in force lacks: each once.
void log_unmet(AccountRuntime& account, const Intent& intent);
/// That the account waits for a wave, stops the rollout, or ends it: each once.
void log_rollout(AccountRuntime& account, const CycleEnd& end);
void log_suspension(AccountRuntime& account, const Suspension& suspension);

/// What reading showed about writes with unknown outcomes: part of log_findings, and for plans that
/// are not of a cycle.
void log_loose_ends(const AccountRuntime& account, const OpenWrites& ends);

/// Conflicts, holds, drift, what is gone, clock skew.
void log_findings(AccountRuntime& account, const Planned& planned);

/// What the mode does not allow, or what backs off after failures: each once, the first few. In
/// mode observe this is the plan, for the person who considers enabling writes.
void log_dropped(AccountRuntime& account, const Plan& plan);

/// New kinds of failing writes, and objects that are Stalled from now on.
void log_news(AccountRuntime& account, const Performed& performed, const CycleNews& news);

void log_end(const AccountRuntime& account, const Performed& performed);

}  // namespace authzd
