// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What revisions have granted of what is there, no matter who gave it: to take that away is no
// repair of what a hand added, and every rail judges it.
#pragma once

#include "daemon/cycle/planning.hpp"
#include "daemon/cycle/role_look_up.hpp"

namespace authzd {

/// Fills `findings.granted`, by `good`, and `findings.granted_before`, by what was applied last;
/// this counts as written by us in `memory`, too. Errors: those of the state.
Result<void> find_granted(const ReadingContext& context,
                          const Observation& observation,
                          const Ownership& ownership,
                          const GoodRevision& good,
                          const ResolvedRoles& resolved,
                          PlanMemory& memory,
                          Findings& findings);

}  // namespace authzd
