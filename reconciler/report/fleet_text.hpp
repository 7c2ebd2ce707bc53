// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The plans of many accounts as one text: what several accounts have in common is shown once, with
// the number of accounts; what an account alone has is shown under its own heading.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/report/plan_text.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace authzd {

struct FleetPlan {
  const Plan* plan = nullptr;
  TextOptions options;  // of its own block
};

/// The plans of more accounts than this are shown so, unless each is asked for.
inline constexpr std::size_t kFewAccounts = 3;

/// The last line is that of plan_text(), of all accounts together. Deletes, held actions, conflicts
/// and whatever else a person decides by account are never put together.
std::string fleet_text(std::span<const FleetPlan> plans, TextStyle style);

}  // namespace authzd
