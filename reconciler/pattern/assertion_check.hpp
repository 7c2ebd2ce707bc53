// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks one assertion against everything that grants or policies permit. The tables define its
// meaning, and tests/unit/pattern checks them. "Meets", "within" and "covers" are those of
// access_relation.hpp, of both sides together. A policy with parts that are not read (a rule, …)
// never gives more than maybe.
//
//   never: of one pattern and one policy       |
//   -------------------------------------------+-----------
//   one side does not meet, or no role matches | holds
//   both sides meet, and a role matches        | violated
//   else                                       | undecided
//
//   always: of one pattern and all policies    |
//   -------------------------------------------+-----------
//   one is within it or covers it, and has a   | holds
//   role for each entry of `roles`             |
//   else: one meets it, or may, and has or may | undecided
//   have the roles                             |
//   else: there may be unseen policies         | undecided
//   else                                       | violated
//
//   only: of a list and one role of one policy |
//   -------------------------------------------+-----------
//   its target meets no target of the list     | holds: the list does not concern it
//   for each pattern whose target it meets: its| holds
//   source is within that one's, and the role  |
//   matches; or another pattern that has all of|
//   those targets allows it                    |
//   an access that it certainly permits, to    | violated
//   such a target, matches no pattern          |
//   else                                       | undecided
#pragma once

#include "reconciler/pattern/access_relation.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// A parsed pattern.
struct PatternParts {
  const AccessPattern* written = nullptr;
  SidePattern source;
  SidePattern target;
};

PatternParts parts_of(const AccessPattern& pattern);

struct OnlyVerdict {
  Verdict verdict = Verdict::holds;
  const AccessPattern* pattern = nullptr;  // the pattern of the target concerned; null if it holds
};

/// The rule `only` for one policy: everything that it permits on the targets of a list must be in
/// the list.
OnlyVerdict judge_only(std::span<const PatternParts> list,
                       const Access& access,
                       const AccountId& own,
                       GlobWork& work);

/// The policy or grant behind an access, for findings.
struct Seen {
  PolicyId id = {};
  IamId author = {};
  SourcePos grant = {};
};

/// Whether everything in the account was seen. Manifests alone are not everything.
enum class Sight { whole, manifests };

/// A rule that something breaks, with its pattern.
struct BrokenRule {
  AssertionRule rule = AssertionRule::never;
  const AccessPattern* pattern = nullptr;
};

class AssertionCheck {
 public:
  /// `assertion` must outlive it. `own`: the account of everything that is seen.
  AssertionCheck(const Assertion& assertion, AccountId own);

  /// `content`: the source of the access, to be shown. Once the budget is spent, everything that is
  /// not immediately clear is undecided.
  void see(const Access& access, const Seen& seen, const PolicyContent& content, GlobWork& work);

  /// The first pattern of `never` or `only` that the access surely violates; nothing of it is kept.
  [[nodiscard]] std::optional<BrokenRule> first_broken(const Access& access, GlobWork& work) const;

  [[nodiscard]] AssertionResult finish(Sight view) &&;

 private:
  struct Wanted {
    PatternParts parts;
    Answer given = Answer::no;  // the best answer so far
  };

  void add(Verdict verdict,
           AssertionRule rule,
           const AccessPattern& pattern,
           const Seen& seen,
           const PolicyContent* content);

  AccountId own_;
  std::vector<PatternParts> never_;
  std::vector<Wanted> always_;
  std::vector<PatternParts> only_;
  AssertionResult result_;
};

/// "source.accountId: !own, target.serviceName: kms, roles: Reader".
std::string pattern_text(const AccessPattern& pattern, const AccountId& own);

/// Whether the access satisfies a pattern of `always`.
Answer gives(const PatternParts& pattern,
             const Access& access,
             const AccountId& own,
             GlobWork& work);

}  // namespace authzd
