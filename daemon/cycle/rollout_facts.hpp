// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a cycle tells the rollout of its revision.
#pragma once

#include "daemon/cycle/run_cycle.hpp"
#include "daemon/status/account_status.hpp"
#include "reconciler/rollout/progress.hpp"

namespace authzd {

/// `status`: after the cycle. A hold that ends by itself is no trouble, nor is a cycle that was cut
/// short, which says nothing.
CycleFaring faring_of(const AccountStatus& status, const CycleEnd& end);

}  // namespace authzd
