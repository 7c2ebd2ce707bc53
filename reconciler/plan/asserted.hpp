// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Assertions against a plan and the policies that IAM has. They only ever keep an action back.
//
//   an action                                          | becomes
//   ---------------------------------------------------+---------------------------------------
//   writes what `never` or `only` forbids              | the note AssertionBroken, a conflict
//   takes away what alone keeps a pattern of `always`, | the note AssertionBroken, a conflict
//   and nothing in this plan gives it instead          |
//   the same, and an action of this plan gives it      | the note AwaitsReplacement: the next plan
//                                                      | sees that as a policy
#pragma once

#include "reconciler/model/assertion.hpp"
#include "reconciler/pattern/access_relation.hpp"
#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

/// `names`: of roles, as far as known.
Plan keep_asserted(Plan plan,
                   std::span<const Observed> observed,
                   std::span<const Assertion> assertions,
                   const KnownRoleNames& names);

/// The policies of an account as they are once what a plan does not hold has been performed.
class AssertedAccount {
 public:
  /// All must outlive it.
  AssertedAccount(const Plan& plan,
                  std::span<const Observed> observed,
                  const KnownRoleNames& names);

  [[nodiscard]] AssertionResult judge(const Assertion& assertion) const;

 private:
  AccountId account_;
  std::vector<std::pair<const Observed*, const PolicyContent*>> policies_;  // null: of a create
  std::vector<Access> accesses_;
};

/// Of those that differ from `before`, by name. New ones are not among them.
std::vector<AssertionChange> assertion_changes(std::span<const Assertion> before,
                                               std::span<const Assertion> after);

/// How many of them are violated, undecided and hold.
struct AssertionCounts {
  std::size_t violated = 0;
  std::size_t undecided = 0;
  std::size_t hold = 0;
  std::size_t violations = 0;  // policies, and patterns of `always`, by which they are violated

  bool operator==(const AssertionCounts&) const = default;
};
AssertionCounts count(std::span<const AssertionResult> results);

}  // namespace authzd
