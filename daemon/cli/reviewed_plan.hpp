// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan that somebody has read before, and names by its hash (reconciler/plan/plan_name.hpp).
#pragma once

#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// That no hash names a plan as it is now, what it holds included, or that it was read too long
/// ago. Where nothing is left to do, what was reviewed may well have been done: no hash is asked
/// for.
std::optional<Obstacle> hash_mismatch(const std::vector<std::string>& given,
                                      std::span<const AccountPlan> plans);

/// Whether let_through() releases deletes that the rail firstDeletes holds.
bool lets_first_deletes_through(const AccountPlan& plan);

/// To be called after the writes of such a plan: who let it through has read its deletes, so that
/// the rail ends once one of them is done, as after an approval. Says so, or why the state could
/// not store it.
void end_first_deletes(const CommandContext& context,
                       AccountRuntime& account,
                       const Performed& performed);

/// Lets through what the plan holds: who named it has read that. Where one person is not enough to
/// approve, nothing is let through, and he hears of it. Returns what counts as approved.
std::set<std::string> let_through(const CommandContext& context, AccountPlan& plan);

}  // namespace authzd
