// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/pattern/only_rule.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/pattern/policy_pattern.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>

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
  Values values;
  for (const Attribute& attribute : side.items()) {
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
    if (!values.emplace(attribute.name, *good).second) return std::nullopt;
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

}  // namespace authzd
