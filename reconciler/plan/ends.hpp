// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The ends of grants (`expiresAt`): which are in the future, how they differ from the applied
// revision, and which were announced. An announced end passes the rails, so it must have been
// visible for a whole window. An end that a commit sets shortly ahead is a delete like any other.
#pragma once

#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/survey.hpp"

#include <vector>

namespace authzd {

/// The future ends, and those future ends of the applied revision that the manifests removed, by
/// key. A grant that is removed has no end: its policy is deleted.
std::vector<GrantEnd> ends_of(const Survey& survey, const PlanOptions& options);

/// The grant's end has come, and was unchanged for `options.announce` before.
bool is_announced(const Grant& grant, const PlanOptions& options);

}  // namespace authzd
