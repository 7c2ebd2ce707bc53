// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The ends of grants (`expiresAt`): which are to come, how they differ from what was applied, and
// which were announced. An end that was announced passes the rails, so it must have been there to
// be seen for a whole window; one that a commit sets a moment ahead is a delete like any other.
#pragma once

#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/survey.hpp"

#include <vector>

namespace authzd {

/// The ends to come, and those of the applied revision that the manifests have taken off while they
/// were still to come, by key. A grant that is gone has no end: its policy is deleted.
std::vector<GrantEnd> ends_of(const Survey& survey, const PlanOptions& options);

/// The grant's end, which has come, stood unchanged for `options.announce` before it came.
bool is_announced(const Grant& grant, const PlanOptions& options);

}  // namespace authzd
