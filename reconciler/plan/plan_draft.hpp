// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// make_plan() in two parts, for a caller that lets others in between: what assertions hold is
// found in steps (AssertionGuard).
#pragma once

#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/survey.hpp"

namespace authzd {

struct PlanDraft {
  Survey view;  // points into what the draft was made of
  Plan plan;    // what is wanted, before assertions and the mode
};

/// As make_plan(). `desired` and `observed` must outlive the draft.
PlanDraft draft_plan(const AccountId& account,
                     std::span<const ResolvedGrant> desired,
                     std::span<const Observed> observed,
                     const Ownership& ownership,
                     const PlanOptions& options);

/// `ownership` and `options`: those of the draft. The hash stays empty: a cycle names its plan once
/// it is complete.
Plan finish_plan(PlanDraft draft, const Ownership& ownership, const PlanOptions& options);

}  // namespace authzd
