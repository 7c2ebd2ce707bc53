// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What notices tell of a cycle.
#pragma once

#include "daemon/cycle/run_cycle.hpp"
#include "daemon/notify/notice.hpp"

namespace authzd {

/// `end` is how the account's last cycle ended. Held and suspended accounts do not fail: someone
/// decided that, or is asked to.
CycleSummary summary_of(const AccountRuntime& account, const CycleEnd& end);

/// The same of what a person asked for; what is held or fails is as the last cycle left it.
CycleSummary summary_of(const AccountRuntime& account, const Performed& performed, Timestamp now);

}  // namespace authzd
