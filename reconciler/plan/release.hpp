// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Letting go of everything at once, before an uninstall: the policies stay, and are nobody's.
#pragma once

#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/rail_rules.hpp"

#include <span>

namespace authzd {

/// The plan that takes the marker off every policy that is ours, whatever any manifest says: one
/// update each, of the description alone. What fits a pattern of `never` is not touched, and noted.
Plan make_release_plan(const AccountId& account,
                       std::span<const Observed> observed,
                       const Ownership& ownership,
                       std::span<const PolicyPattern> never);

}  // namespace authzd
