// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which roles of existing policies some revision has granted, even if someone else added them:
// removing these is not a repair of a manual addition, and every rail judges it.
#pragma once

#include "daemon/cycle/planning.hpp"
#include "daemon/cycle/role_look_up.hpp"

namespace authzd {

/// Sets `findings.granted`, by `good`, and `findings.granted_before`, by the last applied revision;
/// this counts as written by us in `memory`, too. Errors: those of the state.
Result<void> find_granted(const ReadingContext& context,
                          const Observation& observation,
                          const Ownership& ownership,
                          const GoodRevision& good,
                          const ResolvedRoles& resolved,
                          PlanMemory& memory,
                          Findings& findings);

}  // namespace authzd
