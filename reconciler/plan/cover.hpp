// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// For a policy that goes or is narrowed: another one that stays and permits all that it permits.
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
  const RoleSet* wanted_roles = nullptr;  // those that it will have
  Timestamp since = {};                   // of its last change; max where IAM did not tell
};

std::vector<Staying> staying(const Survey& survey, const Assignment& assignment);

class Cover {
 public:
  /// Points into what `staying` points to.
  explicit Cover(std::vector<Staying> staying);

  /// Of those that cover `policy` now and when this plan has been performed, the one that has been
  /// what it is for longest, and of several the first in the order given; null where none does.
  /// Where the effort is spent before it is found, it is as if there were none, or another one.
  [[nodiscard]] const Observed* find(const Observed& policy, Effort& effort) const;

 private:
  std::vector<Staying> staying_;  // the best cover first
  std::unordered_map<std::string, std::vector<std::size_t>> by_parties_;
};

/// Since when the policy has been what it is, which is since when it has covered whatever lies
/// within it now: IAM keeps the time of the last change. None: IAM did not tell.
std::optional<Timestamp> unchanged_since(const Observed& policy);

}  // namespace authzd
