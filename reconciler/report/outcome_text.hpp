// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The results of a plan for people: a line per action, and the reason if it failed.
#pragma once

#include "reconciler/converge/converge.hpp"
#include "reconciler/report/plan_text.hpp"

#include <span>
#include <string>

namespace authzd {

/// Ends in "Applied: A created, B updated, C deleted; D failed, E refused.", where failed counts
/// everything that is neither done nor refused nor skipped; ", F not begun" is added after a stop.
/// Outcomes with an index outside the plan are omitted.
std::string outcome_text(const Plan& plan,
                         std::span<const Outcome> outcomes,
                         const TextOptions& options);

/// "refused by IAM (HTTP 400)", of an outcome with is_refused_by_iam().
std::string refused_by_iam_text(const Outcome& outcome);

}  // namespace authzd
