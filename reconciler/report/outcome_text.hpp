// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What became of a plan, for a person: a line for each action, and why where it did not go well.
#pragma once

#include "reconciler/converge/converge.hpp"
#include "reconciler/report/plan_text.hpp"

#include <span>
#include <string>

namespace authzd {

/// Ends in "Applied: A created, B updated, C deleted; D failed, E refused.", where failed counts
/// all that is neither done nor refused nor skipped; ", F not begun" is added where a stop came in
/// between. Outcomes whose index the plan does not have are left out.
std::string outcome_text(const Plan& plan,
                         std::span<const Outcome> outcomes,
                         const TextOptions& options);

}  // namespace authzd
