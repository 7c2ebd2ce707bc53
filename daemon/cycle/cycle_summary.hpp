// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The summary of a cycle for notices.
#pragma once

#include "daemon/cycle/run_cycle.hpp"
#include "daemon/notify/summary.hpp"

namespace authzd {

/// `end` is the end of the account's last cycle. Held and suspended accounts do not count as
/// failed: someone decided that, or is asked to.
CycleSummary summary_of(const AccountRuntime& account, const CycleEnd& end);

/// The same for a run that a person requested; holds and failures are those of the last cycle.
CycleSummary summary_of(const AccountRuntime& account, const Performed& performed, Timestamp now);

}  // namespace authzd
