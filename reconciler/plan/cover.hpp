// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// For a policy that is removed or narrowed: finds another one that stays and permits the same.
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/plan/assign.hpp"
#include "reconciler/plan/effort.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace authzd {

/// A policy of ours that serves its grant before and after this plan, and whose grant has no end.
struct Staying {
  const Observed* policy = nullptr;
  const RoleSet* wanted_roles = nullptr;  // its roles afterwards
  Timestamp since = {};                   // of its last change; max if IAM did not report it
};

std::vector<Staying> staying(const Survey& survey, const Assignment& assignment);

class Cover {
 public:
  /// Keeps pointers to what `staying` points to.
  explicit Cover(std::vector<Staying> staying);

  /// Of the policies that cover `policy` now and after this plan, the one that has been unchanged
  /// for longest, the first of equals; null if there is none. If the effort runs out, the result
  /// may be null or another cover.
  [[nodiscard]] const Observed* find(const Observed& policy, Effort& effort) const;

 private:
  std::vector<Staying> staying_;  // the best cover first
  std::unordered_map<std::string, std::vector<std::size_t>> by_parties_;
};

/// Since when the policy has been unchanged, and so has covered everything within it: IAM keeps the
/// time of the last change. None: IAM did not report it.
std::optional<Timestamp> unchanged_since(const Observed& policy);

}  // namespace authzd
