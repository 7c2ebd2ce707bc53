// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The core of the planner: for every policy and every grant, an action, a note, or nothing. The
// truth table is in the source file.
#pragma once

#include "reconciler/plan/survey.hpp"

namespace authzd {

/// Everything that would be done if every mode were allowed; unsorted and without a hash.
Plan decide(const AccountId& account,
            const Survey& survey,
            const Ownership& ownership,
            const PlanOptions& options);

}  // namespace authzd
