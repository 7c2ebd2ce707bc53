// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One assertion against all that grants or policies permit. The tables are its meaning, and
// tests/unit/pattern holds them. "Meets", "within" and "covers" are those of access_relation.hpp,
// of both sides together; a policy with parts that are not read (a rule, …) never says more than
// maybe.
//
//   never: of one pattern and one policy       |
//   -------------------------------------------+-----------
//   a side does not meet, or no role fits      | holds
//   both sides meet, and a role fits           | violated
//   else                                       | undecided
//
//   always: of one pattern and all policies    |
//   -------------------------------------------+-----------
//   one is within it or covers it, and has a   | holds
//   role for each entry of `roles`             |
//   else: one meets it, or may, and has or may | undecided
//   have the roles                             |
//   else: there may be policies unseen         | undecided
//   else                                       | violated
//
//   only: of a list and one role of one policy |
//   -------------------------------------------+-----------
//   its target meets no target of the list     | holds: it is none of the list's business
//   for each pattern whose target it meets: its| holds
//   source is within that one's, and the role  |
//   fits; or so it is with another pattern that|
//   has all of those targets                   |
//   an access that it surely permits, to such a| violated
//   target, fits no pattern                    |
//   else                                       | undecided
#pragma once

#include "reconciler/pattern/access_relation.hpp"
#include "reconciler/pattern/only_rule.hpp"

#include <string>
#include <vector>

namespace authzd {

/// Whose an access is, for findings: a policy's, or a grant's.
struct Seen {
  PolicyId id = {};
  IamId author = {};
  SourcePos grant = {};
};

/// Whether all that the account has was seen. Manifests alone are not all.
enum class Sight { whole, manifests };

class AssertionCheck {
 public:
  /// `assertion` must outlive it. `own`: the account of all that is seen.
  AssertionCheck(const Assertion& assertion, AccountId own);

  /// `content`: what the access was made of, to be shown. Once the work is spent, what is not
  /// clear at once is undecided.
  void see(const Access& access, const Seen& seen, const PolicyContent& content, GlobWork& work);

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

/// Whether the access keeps a pattern of `always`.
Answer gives(const AccessPattern& pattern,
             const Access& access,
             const AccountId& own,
             GlobWork& work);

}  // namespace authzd
