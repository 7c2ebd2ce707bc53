// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails over a plan, and the repair of what they hold back.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "reconciler/plan/memory.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/rails.hpp"

#include <set>
#include <span>
#include <string>

namespace authzd {

/// The plan after its rails. Before each change that they hold comes what repairs its policy, where
/// the assertions allow that. The rails judge what may be done now: the repair in place of the
/// change that waits. `policies`: IAM's.
Plan with_rails(Plan plan,
                const AccountSpec& spec,
                const RailHistory& history,
                const std::set<std::string>& approved,
                const PlanMemory& memory,
                const PlanOptions& options,
                std::span<const Observed> policies);

}  // namespace authzd
