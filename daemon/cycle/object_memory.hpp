// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Writes that fail, from one cycle to the next: kept in the state, shown in the status.
#pragma once

#include "daemon/cycle/cycle.hpp"
#include "daemon/state/account_state.hpp"
#include "daemon/status/account_status.hpp"
#include "reconciler/converge/fold_cycle.hpp"
#include "reconciler/plan/stall.hpp"

#include <vector>

namespace authzd {

/// Adds a cycle to the object histories, and returns what is new.
Result<CycleNews> remember_objects(AccountState& state,
                                   const ObjectHistories& before,
                                   const Performed& performed,
                                   Timestamp now);

/// What failed in this cycle, backs off, or is Stalled.
std::vector<FailingObject> failing_objects(const Performed& performed);

}  // namespace authzd
