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
#include "reconciler/pattern/assertion_check.hpp"
#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

/// Applies the table to a plan in steps of a few milliseconds, so that its caller can let others in
/// between: neither the number of assertions nor that of actions may occupy the loop.
class AssertionGuard {
 public:
  /// `names`: the role names known so far. All must outlive it. Meanwhile the plan's actions are
  /// here; its notes grow.
  AssertionGuard(Plan& plan,
                 std::span<const Observed> observed,
                 std::span<const Assertion> assertions,
                 const KnownRoleNames& names);
  ~AssertionGuard();
  AssertionGuard(const AssertionGuard&) = delete;
  AssertionGuard& operator=(const AssertionGuard&) = delete;

  /// False: it is done.
  bool step();

 private:
  struct Judged;

  void begin(const Assertion& assertion);
  void refuse_forbidden(const Assertion& assertion);
  void keep_last(const Assertion& assertion, const AccessPattern& pattern);
  void take_out(std::vector<std::pair<std::size_t, Note>>& notes);  // moved from

  Plan& plan_;
  std::span<const Assertion> assertions_;         // what is left, the one under way first
  std::vector<std::unique_ptr<Judged>> actions_;  // at addresses that stay: accesses point there
  std::vector<std::unique_ptr<Judged>> refused_;
  std::vector<Access> others_;  // of policies that no action touches
  std::optional<AssertionCheck> check_;
  GlobWork work_{0};
  bool has_actions_ = false;  // the plan's actions are here
  std::size_t next_action_ = 0;
  std::size_t next_pattern_ = 0;
};

/// All steps at once.
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

 private:
  friend class AssertionJudgement;

  AccountId account_;
  std::vector<std::pair<const Observed*, const PolicyContent*>> policies_;  // null for a create
  std::vector<Access> accesses_;
};

/// One assertion against such an account, in steps as above.
class AssertionJudgement {
 public:
  /// Both must outlive it.
  AssertionJudgement(const AssertedAccount& account, const Assertion& assertion);

  /// False: every policy was seen.
  bool step();

  [[nodiscard]] AssertionResult finish() &&;

 private:
  const AssertedAccount& account_;
  AssertionCheck check_;
  GlobWork work_;
  std::size_t next_ = 0;
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
