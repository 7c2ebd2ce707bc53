// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan that IAM refused in part is made again, once a cycle: which of the new plan's actions are
// the refused ones, and what their second ends mean for the first plan. Linear in both plans.
#pragma once

#include "daemon/cycle/cycle.hpp"

namespace authzd {

[[nodiscard]] bool was_refused(const Outcome& outcome);

/// Of the new plan, what was refused of the old one: nothing that nobody has seen.
[[nodiscard]] Plan still_wanted(Plan again, const Performed& first);

/// A refused action whose object needs nothing any more, says the new plan, is as good as done.
void settle_refused(Performed& first, const Planned& again);

/// Puts the second try's outcomes in the places of the first one's refusals.
void take_over_outcomes(Performed& first, const Performed& second);

}  // namespace authzd
