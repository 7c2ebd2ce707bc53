// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Taking over an unmanaged policy that a grant wants: whether `adopt` allows it, and the note if it
// does not. The planner makes the update.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/survey.hpp"

namespace authzd {

/// `is_identical`: as below.
bool may_adopt(Adopt adopt, bool is_identical);

/// It has the wanted roles, and no part that a grant cannot have.
bool is_identical(const Observed& policy, const Want& want);

/// Only unmanaged policies have the grant's key, and the one with this number is the first of them.
bool is_candidate(std::size_t surveyed, const Want& want, const Survey& survey);

Authorship authorship_of(const Observed& policy);

/// An unmanaged policy at the key of `grant` that `adopt` does not allow us to take over. `wanted`:
/// its content afterwards.
Note not_adopted(const SurveyedPolicy& surveyed,
                 const Grant& grant,
                 const PolicyContent& wanted,
                 const Ownership& ownership);

/// An unmanaged policy that `grant` would take over, narrow, and protect from narrowing.
Note not_narrowed_by_adoption(const SurveyedPolicy& surveyed, const Grant& grant);

}  // namespace authzd
