// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// For a policy that goes: another one that stays and permits all that it permits.
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/plan/assign.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace authzd {

/// A policy of ours that serves its grant before and after this plan.
struct Staying {
  const Observed* policy = nullptr;
  const RoleSet* wanted_roles = nullptr;  // those that it will have
};

std::vector<Staying> staying(const Survey& survey, const Assignment& assignment);

class Cover {
 public:
  /// Points into what `staying` points to.
  explicit Cover(std::vector<Staying> staying);

  /// The id of the first of them, in the order given, that covers `content` now and when this plan
  /// has been performed; empty where none does.
  [[nodiscard]] PolicyId find(const PolicyContent& content) const;

 private:
  std::vector<Staying> staying_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_parties_;
};

}  // namespace authzd
