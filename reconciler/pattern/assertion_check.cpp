// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/pattern/assertion_check.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/pattern/policy_pattern.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace authzd {
namespace {

/// No value in a manifest has a control character: this matches no literal, and every '*'.
constexpr char kFresh = '\x01';

using Values = std::map<std::string, std::string, std::less<>>;  // by attribute

/// A text that matches the glob, and hardly any other.
std::string filled(std::string_view glob) {
  std::string text(glob);
  std::ranges::replace(text, '*', kFresh);
  std::ranges::replace(text, '?', kFresh);
  return text;
}

bool fits_value(std::string_view name, const std::string& value, std::string_view glob) {
  return admits({std::string(name), std::string(kStringEquals), value}, glob);
}

/// The values of an attribute, each with its wildcards filled; none for "any".
std::vector<std::string> candidates(const Attribute& attribute) {
  if (const auto* one = std::get_if<std::string>(&attribute.value)) return {filled(*one)};
  std::vector<std::string> texts;
  if (const auto* many = std::get_if<std::vector<std::string>>(&attribute.value)) {
    for (const std::string& text : *many) texts.push_back(filled(text));
  }
  return texts;
}

/// One access that the side permits and that no literal in a list names, unless the side does.
/// None: undetermined.
std::optional<Values> witness(const AttributeSet& side, const SidePattern& within) {
  const auto& items = side.items();
  const auto twice = std::ranges::adjacent_find(items, {}, &Attribute::name);
  if (twice != items.end()) return std::nullopt;
  Values values;
  for (const Attribute& attribute : items) {
    const auto asked = std::ranges::find(within, attribute.name, &SidePattern::value_type::first);
    const bool is_free = attribute.value == AttributeValue(true);
    if (!is_clear(attribute)) return std::nullopt;
    if (attribute.value == AttributeValue(false)) continue;  // it must be absent
    std::vector<std::string> texts = candidates(attribute);
    if (is_free) texts = {std::string(1, kFresh)};
    if (asked != within.end()) texts.push_back(filled(asked->second));
    const auto good = std::ranges::find_if(texts, [&](const std::string& text) {
      const bool fits = asked == within.end() || fits_value(attribute.name, text, asked->second);
      return fits && (is_free || admits(attribute, text));
    });
    if (good == texts.end()) return std::nullopt;
    values.emplace(attribute.name, *good);
  }
  for (const auto& [name, glob] : within) {
    if (side.find(name) == nullptr) values.emplace(name, filled(glob));
  }
  return values;
}

bool fits_side(const Values& values, const SidePattern& pattern) {
  return std::ranges::all_of(pattern, [&values](const auto& entry) {
    const auto found = values.find(entry.first);
    return found != values.end() && fits_value(entry.first, found->second, entry.second);
  });
}

/// Every target of `inner` is one of `outer`.
bool holds_targets(const SidePattern& outer, const SidePattern& inner, GlobWork& work) {
  return std::ranges::all_of(outer, [&](const auto& entry) {
    const auto same = std::ranges::find(inner, entry.first, &SidePattern::value_type::first);
    if (same == inner.end()) return false;
    const std::array<std::string, 1> in{std::string(same->second)};
    const std::array<std::string, 1> out{std::string(entry.second)};
    return fits_within(in, out, work);
  });
}

class OnlyJudge {
 public:
  OnlyJudge(std::span<const PatternParts> list,
            const Access& access,
            const AccountId& own,
            GlobWork& work)
      : list_(list), access_(access), own_(own), work_(work) {
    for (const PatternParts& parts : list_) {
      targets_.push_back(relate_side(*access_.resource, parts.target, own_, work_));
    }
  }

  OnlyVerdict judge() {
    const bool is_concerned = std::ranges::any_of(
        targets_, [](const SideRelation& target) { return target.meets != Answer::no; });
    if (!is_concerned) return {};
    for (const PatternParts& parts : list_) {
      sources_.push_back(relate_side(*access_.subject, parts.source, own_, work_));
    }
    OnlyVerdict worst;
    for (const RoleWords& role : access_.roles) {
      for (std::size_t i = 0; i < list_.size(); ++i) {
        if (targets_[i].meets == Answer::no || is_allowed(i, role)) continue;
        if (is_outside(i, role)) return {Verdict::violated, list_[i].written};
        if (worst.pattern == nullptr) worst = {Verdict::undecided, list_[i].written};
      }
    }
    return worst;
  }

 private:
  [[nodiscard]] bool has_source_and_role(std::size_t i, const RoleWords& role) const {
    return sources_[i].within && role_fits_any(role, list_[i].written->roles) == Answer::yes;
  }

  bool is_allowed(std::size_t i, const RoleWords& role) {
    if (has_source_and_role(i, role)) return true;
    for (std::size_t j = 0; j < list_.size(); ++j) {
      if (j == i || !has_source_and_role(j, role)) continue;
      if (targets_[j].within || holds_targets(list_[j].target, list_[i].target, work_)) return true;
    }
    return false;
  }

  /// An access was found that the policy permits, to a target of pattern i, and that no pattern
  /// has.
  bool is_outside(std::size_t i, const RoleWords& role) {
    if (targets_[i].meets != Answer::yes || access_.is_narrowed) return false;
    const auto source = witness(*access_.subject, {});
    const auto target = witness(*access_.resource, list_[i].target);
    if (!source || !target) return false;
    return std::ranges::none_of(list_, [&](const PatternParts& parts) {
      return role_fits_any(role, parts.written->roles) != Answer::no &&
             fits_side(*source, parts.source) && fits_side(*target, parts.target);
    });
  }

  std::span<const PatternParts> list_;
  const Access& access_;
  const AccountId& own_;
  GlobWork& work_;
  std::vector<SideRelation> targets_;
  std::vector<SideRelation> sources_;
};

}  // namespace

PatternParts parts_of(const AccessPattern& pattern) {
  return {&pattern, side_of(pattern.parts, kSourcePrefix), side_of(pattern.parts, kTargetPrefix)};
}

OnlyVerdict judge_only(std::span<const PatternParts> list,
                       const Access& access,
                       const AccountId& own,
                       GlobWork& work) {
  if (list.empty()) return {};
  return OnlyJudge(list, access, own, work).judge();
}

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
