// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A source that may delegate lets its service make policies for others, on the same target; where
// its policy ends, they end with it (iam-api §4).
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/plan/effort.hpp"
#include "reconciler/plan/survey.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace authzd {

class Dependents {
 public:
  /// Points into `survey`.
  explicit Dependents(const Survey& survey);

  /// Those of `policy`, by id: the first kMostDependents, or fewer where the effort is spent. None
  /// where it does not delegate.
  [[nodiscard]] std::vector<PolicyId> of(const Observed& policy, Effort& effort) const;

 private:
  /// Of service-made policies, by their target's service and instance: under both, under the
  /// service alone, and under nothing.
  std::unordered_map<std::string, std::vector<const Observed*>> by_target_;
};

}  // namespace authzd
