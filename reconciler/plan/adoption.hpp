// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Taking over a policy that nobody manages and a grant wants: whether `adopt` lets us, and what is
// said where it does not. Making the update is the planner's part.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/survey.hpp"

namespace authzd {

/// `is_identical`: it has the roles that are wanted, and no part that a grant cannot have.
bool may_adopt(Adopt adopt, bool is_identical);

Authorship authorship_of(const Observed& policy);

/// An unmanaged policy at the key that `grant` wants, which `adopt` does not let us take over.
/// `wanted`: what it would hold then.
Note not_adopted(const Sighting& sighting,
                 const Grant& grant,
                 const PolicyContent& wanted,
                 const Ownership& ownership);

/// An unmanaged policy that `grant` would take over, narrow, and protect from being narrowed.
Note not_narrowed_by_adoption(const Sighting& sighting, const Grant& grant);

}  // namespace authzd
