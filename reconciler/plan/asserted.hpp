// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks assertions against a plan and the policies in IAM. Assertions only ever keep an action
// back.
//
//   an action                                          | becomes
//   ---------------------------------------------------+---------------------------------------
//   writes what `never` or `only` forbids              | the note AssertionBroken, a conflict
//   removes the only policy for a pattern of `always`, | the note AssertionBroken, a conflict
//   and nothing in this plan replaces it               |
//   the same, and an action of this plan replaces it   | the note AwaitsReplacement: the next plan
//                                                      | sees the replacement as a policy
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

/// `names`: the role names known so far.
Plan keep_asserted(Plan plan,
                   std::span<const Observed> observed,
                   std::span<const Assertion> assertions,
                   const KnownRoleNames& names);

/// The policies of an account after all actions of a plan that are not held.
class AssertedAccount {
 public:
  /// All arguments must outlive it.
  AssertedAccount(const Plan& plan,
                  std::span<const Observed> observed,
                  const KnownRoleNames& names);

  [[nodiscard]] AssertionResult judge(const Assertion& assertion) const;

 private:
  AccountId account_;
  std::vector<std::pair<const Observed*, const PolicyContent*>> policies_;  // null for a create
  std::vector<Access> accesses_;
};

/// The assertions of `before` that were changed or removed, by name. New ones are not included.
std::vector<AssertionChange> assertion_changes(std::span<const Assertion> before,
                                               std::span<const Assertion> after);

/// How many assertions are violated, undecided and hold.
struct AssertionCounts {
  std::size_t violated = 0;
  std::size_t undecided = 0;
  std::size_t hold = 0;
  std::size_t violations = 0;  // policies, and patterns of `always`, that violate them

  bool operator==(const AssertionCounts&) const = default;
};
AssertionCounts count(std::span<const AssertionResult> results);

}  // namespace authzd
