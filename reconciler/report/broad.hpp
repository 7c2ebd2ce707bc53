// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies that are wider than others, or than anything needs: each finding is proved by the
// attributes and roles alone.
//
//   a policy                                          | finding
//   --------------------------------------------------+-----------------
//   permits nothing beyond another one                | covered
//   is such another one                               | has_narrower
//   names neither a service nor anything else of one  | limits_nothing
//   side                                              |
//   is for all instances of a service of which the    | one_instance
//   account has one                                   |
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/policy.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class BroadFinding { limits_nothing, has_narrower, one_instance, covered };
std::string_view to_string(BroadFinding finding);  // "limits nothing", …

struct BroadPolicy {
  const Observed* policy = nullptr;
  BroadFinding finding = BroadFinding::covered;
  std::vector<PolicyId> others = {};  // covered: by this one; has_narrower: these are within it
  std::string instance = {};          // one_instance: its id
};

struct BroadPolicies {
  std::vector<BroadPolicy> found;  // by finding, then by id
  bool is_complete = true;         // false: there are too many policies to compare them all
};

/// `instances`: of the account, as far as the caller may see them; empty: not known. Points into
/// `policies`.
BroadPolicies broad_policies(std::span<const Observed> policies,
                             std::span<const Instance> instances = {});

}  // namespace authzd
