// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Collects the facts about a policy that is to be deleted or narrowed, for the rails.
#pragma once

#include "reconciler/plan/assign.hpp"
#include "reconciler/plan/cover.hpp"
#include "reconciler/plan/dependents.hpp"
#include "reconciler/plan/effort.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/survey.hpp"

#include <optional>

namespace authzd {

class RemovalFacts {
 public:
  /// Refers to all of them; they must outlive this.
  RemovalFacts(const Survey& survey,
               const Assignment& assignment,
               const Ownership& ownership,
               const PlanOptions& options);

  /// `expired`: the grant whose end has come, if that is why the policy is removed.
  Removal of(const SurveyedPolicy& surveyed, const Grant* expired);

 private:
  const Cover& cover();
  const Dependents& dependents();
  bool is_use_told();

  const Survey& survey_;
  const Assignment& assignment_;
  const Ownership& ownership_;
  const PlanOptions& options_;
  // Created on first use: most plans remove nothing.
  std::optional<Cover> cover_;
  std::optional<Dependents> dependents_;
  std::optional<bool> is_use_told_;
  Effort effort_;
};

}  // namespace authzd
