// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Collects the facts about a policy that is to be deleted or narrowed, for the rails: another
// policy that stays and permits the same, and the policies that services made from it.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/pattern/globs.hpp"
#include "reconciler/plan/assign.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/survey.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace authzd {

/// The budget of one plan for comparing policies: a plan is made in one step, and thousands of
/// policies make millions of pairs. It is a plain count, so the same input always stops at the same
/// pair.
class Effort {
 public:
  /// Call before comparing the two. False: the budget is spent, and the answer stays unknown.
  bool spend(const PolicyContent& a, const PolicyContent& b);

  /// The shared budget of all comparisons for patterns.
  [[nodiscard]] GlobWork& patterns() { return patterns_; }

 private:
  std::size_t left_ = 300'000;
  GlobWork patterns_{1'000'000};
};

/// A policy of ours that serves its grant before and after this plan, and whose grant has no end.
struct Staying {
  const Observed* policy = nullptr;
  const RoleSet* wanted_roles = nullptr;  // its roles afterwards
  Timestamp since = {};                   // of its last change; max if IAM did not report it
};

std::vector<Staying> staying(const Survey& survey, const Assignment& assignment);

/// For a policy that is removed or narrowed: finds another one that stays and permits the same.
class Cover {
 public:
  /// What distinguishes most policies: service and instance on both sides; empty if any is
  /// admitted.
  using Parties = std::array<std::string_view, 4>;

  /// Keeps pointers to what `staying` points to.
  explicit Cover(std::vector<Staying> staying);

  /// Of the policies that cover `policy` now and after this plan, the one that has been unchanged
  /// for longest, the first of equals; null if there is none. If the effort runs out, the result
  /// may be null or another cover.
  [[nodiscard]] const Observed* find(const Observed& policy, Effort& effort) const;

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};

  /// A staying policy in the table: the next one of its slot is a worse cover.
  struct Entry {
    std::size_t hash = 0;
    std::size_t next = kNone;
  };

  std::vector<Staying> staying_;    // the best cover first
  std::vector<Entry> entries_;      // one for each
  std::vector<std::size_t> slots_;  // by the hash of its parties: the first entry
  std::bitset<16> shapes_;          // of the parties of all: which are named, a bit each
};

/// Since when the policy has been unchanged, and so has covered everything within it: IAM keeps the
/// time of the last change. None: IAM did not report it.
std::optional<Timestamp> unchanged_since(const Observed& policy);

/// If a source may delegate, its service can make policies for others on the same target. They end
/// when its policy ends (iam-api §4).
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
