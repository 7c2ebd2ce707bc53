// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Applies the rails to a plan, and repairs the policies of held changes.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "reconciler/plan/memory.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/rails/rails.hpp"

#include <set>
#include <span>
#include <string>

namespace authzd {

/// The plan after its rails. A held change is preceded by what repairs its policy, if the
/// assertions allow that. The rails judge what may be done now: the repair instead of the held
/// change. `policies`: IAM's.
Plan with_rails(Plan plan,
                const AccountSpec& spec,
                const RailHistory& history,
                const std::set<std::string>& approved,
                const PlanMemory& memory,
                const PlanOptions& options,
                std::span<const Observed> policies);

}  // namespace authzd
