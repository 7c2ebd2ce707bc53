// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/pattern/assertion_check.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/pattern/policy_pattern.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

/// Limits the answer to maybe for a policy with parts that are not read.
Answer at_most(Answer answer, const Access& access) {
  return access.is_narrowed ? std::min(answer, Answer::maybe) : answer;
}

Answer meets(const PatternParts& parts,
             const Access& access,
             const AccountId& own,
             GlobWork& work) {
  Answer answer = relate_side(*access.resource, parts.target, own, work).meets;
  if (answer == Answer::no) return answer;
  answer = std::min(answer, relate_side(*access.subject, parts.source, own, work).meets);
  Answer role = Answer::no;
  for (const RoleWords& each : access.roles) {
    role = std::max(role, role_fits_any(each, parts.written->roles));
  }
  return at_most(std::min(answer, role), access);
}

/// The access has a role for each entry.
Answer has_roles(const Access& access, const std::vector<std::string>& globs) {
  Answer worst = access.roles.empty() ? Answer::no : Answer::yes;
  for (const std::string& glob : globs) {
    Answer best = Answer::no;
    for (const RoleWords& role : access.roles) best = std::max(best, role_fits(role, glob));
    worst = std::min(worst, best);
  }
  return worst;
}

Answer keeps(const PatternParts& parts,
             const Access& access,
             const AccountId& own,
             GlobWork& work) {
  const SideRelation target = relate_side(*access.resource, parts.target, own, work);
  if (target.meets == Answer::no) return Answer::no;
  const SideRelation source = relate_side(*access.subject, parts.source, own, work);
  if (source.meets == Answer::no) return Answer::no;
  const bool is_whole = (target.within && source.within) || (target.covers && source.covers);
  const Answer sides = is_whole ? std::min(target.meets, source.meets) : Answer::maybe;
  return at_most(std::min(sides, has_roles(access, parts.written->roles)), access);
}

std::vector<PatternParts> all_parts(const std::vector<AccessPattern>& patterns) {
  std::vector<PatternParts> parts;
  for (const AccessPattern& pattern : patterns) parts.push_back(parts_of(pattern));
  return parts;
}

}  // namespace

AssertionCheck::AssertionCheck(const Assertion& assertion, AccountId own)
    : own_(std::move(own)), never_(all_parts(assertion.never)), only_(all_parts(assertion.only)) {
  for (const AccessPattern& pattern : assertion.always) always_.push_back({parts_of(pattern)});
  result_.name = assertion.name;
  result_.position = assertion.position;
}

void AssertionCheck::see(const Access& access,
                         const Seen& seen,
                         const PolicyContent& content,
                         GlobWork& work) {
  for (const PatternParts& parts : never_) {
    const Answer answer = meets(parts, access, own_, work);
    if (answer == Answer::no) continue;
    const Verdict verdict = answer == Answer::yes ? Verdict::violated : Verdict::undecided;
    add(verdict, AssertionRule::never, *parts.written, seen, &content);
  }
  for (Wanted& wanted : always_) {
    if (wanted.given == Answer::yes) continue;
    wanted.given = std::max(wanted.given, keeps(wanted.parts, access, own_, work));
  }
  const OnlyVerdict only = judge_only(only_, access, own_, work);
  if (only.pattern != nullptr) {
    add(only.verdict, AssertionRule::only, *only.pattern, seen, &content);
  }
}

std::optional<BrokenRule> AssertionCheck::first_broken(const Access& access, GlobWork& work) const {
  for (const PatternParts& parts : never_) {
    if (meets(parts, access, own_, work) == Answer::yes) {
      return BrokenRule{AssertionRule::never, parts.written};
    }
  }
  const OnlyVerdict only = judge_only(only_, access, own_, work);
  if (only.verdict != Verdict::violated) return std::nullopt;
  return BrokenRule{AssertionRule::only, only.pattern};
}

void AssertionCheck::add(Verdict verdict,
                         AssertionRule rule,
                         const AccessPattern& pattern,
                         const Seen& seen,
                         const PolicyContent* content) {
  const bool is_violated = verdict == Verdict::violated;
  ++(is_violated ? result_.violations : result_.undecided);
  auto& findings = result_.findings;
  // Violations come first, and displace undecided findings if there are too many.
  const std::size_t first_undecided =
      std::min(result_.violations - (is_violated ? 1U : 0U), findings.size());
  if (!is_violated && findings.size() >= kMostFindings) return;
  if (is_violated && first_undecided >= kMostFindings) return;
  AssertionFinding finding{.verdict = verdict,
                           .rule = rule,
                           .pattern = pattern.position,
                           .pattern_text = pattern_text(pattern, own_),
                           .id = seen.id,
                           .author = seen.author,
                           .grant = seen.grant};
  if (content != nullptr) finding.content = *content;
  const auto at = is_violated ? findings.begin() + static_cast<std::ptrdiff_t>(first_undecided)
                              : findings.end();
  findings.insert(at, std::move(finding));
  if (findings.size() > kMostFindings) findings.pop_back();
}

AssertionResult AssertionCheck::finish(Sight view) && {
  for (const Wanted& wanted : always_) {
    if (wanted.given == Answer::yes) continue;
    const bool is_known = wanted.given == Answer::no && view == Sight::whole;
    const Verdict verdict = is_known ? Verdict::violated : Verdict::undecided;
    add(verdict, AssertionRule::always, *wanted.parts.written, {}, nullptr);
  }
  if (result_.undecided > 0) result_.verdict = Verdict::undecided;
  if (result_.violations > 0) result_.verdict = Verdict::violated;
  return std::move(result_);
}

Answer gives(const PatternParts& pattern,
             const Access& access,
             const AccountId& own,
             GlobWork& work) {
  return keeps(pattern, access, own, work);
}

std::string pattern_text(const AccessPattern& pattern, const AccountId& own) {
  PolicyPattern parts = pattern.parts;
  for (auto& [_, glob] : parts) {
    if (glob == own.value) glob = "own";
    if (glob == "!" + own.value) glob = "!own";
  }
  std::string text = pattern_text(parts);
  if (pattern.roles.empty()) return text;
  return text + (text.empty() ? "roles: " : ", roles: ") + join(pattern.roles, ", ");
}

}  // namespace authzd
