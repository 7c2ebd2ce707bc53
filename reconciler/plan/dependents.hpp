// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// If a source may delegate, its service can make policies for others on the same target. They end
// when its policy ends (iam-api §4).
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
  /// Keeps pointers into `survey`.
  explicit Dependents(const Survey& survey);

  /// The dependents of `policy`, by id: the first kMostDependents, or fewer if the effort runs out.
  /// Empty if it does not delegate.
  [[nodiscard]] std::vector<PolicyId> of(const Observed& policy, Effort& effort) const;

 private:
  /// Service-made policies by their target's service and instance: under both, under the service
  /// alone, and under nothing.
  std::unordered_map<std::string, std::vector<const Observed*>> by_target_;
};

}  // namespace authzd
