// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan that IAM refused in part is repeated, once per cycle: which actions of the new plan are
// the refused ones, and what their outcomes mean for the first plan. Linear in both plans.
#pragma once

#include "daemon/cycle/cycle.hpp"

namespace authzd {

[[nodiscard]] bool was_refused(const Outcome& outcome);

/// The refused actions of the old plan in the new one: nothing that nobody has seen.
[[nodiscard]] Plan still_wanted(Plan again, const Performed& first);

/// A refused action counts as done if the new plan has nothing to do for its object.
void settle_refused(Performed& first, const Planned& again);

/// Replaces the first try's refusals with the second try's outcomes.
void take_over_outcomes(Performed& first, const Performed& second);

}  // namespace authzd
