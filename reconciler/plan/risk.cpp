// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace authzd {
namespace {

/// `outer` matches every text that `inner` matches. `inner` may itself hold wildcards: an outer '*'
/// swallows anything, an outer '?' one character or one '?', any other character only itself.
bool covers(std::string_view outer, std::string_view inner) {
  std::size_t o = 0;
  std::size_t i = 0;
  std::size_t star = std::string_view::npos;  // the last '*' seen in outer
  std::size_t resume = 0;  // where inner goes on after that '*' swallows one more
  while (i < inner.size()) {
    const bool is_star = o < outer.size() && outer[o] == '*';
    const bool fits = o < outer.size() && !is_star && inner[i] != '*' &&
                      (outer[o] == '?' || (outer[o] == inner[i] && inner[i] != '?'));
    if (is_star) {
      star = o++;
      resume = i;
    } else if (fits) {
      ++o;
      ++i;
    } else if (star != std::string_view::npos) {
      o = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  return outer.substr(o).find_first_not_of('*') == std::string_view::npos;
}

/// An attribute as a set of admitted values: present and one of `texts`, or present at all, or
/// absent.
struct Constraint {
  enum class Kind { texts, present, absent, unknown } kind = Kind::unknown;
  std::span<const std::string> texts = {};
  bool are_patterns = false;
};

/// Whether IAM takes "*" literally under stringEquals is not known; so it admits nobody knows what.
bool is_doubtful(std::span<const std::string> texts) {
  return std::find(texts.begin(), texts.end(), "*") != texts.end();
}

Constraint constraint_of(const Attribute& attribute) {
  using Kind = Constraint::Kind;
  if (attribute.op == kStringExists) {
    const auto* exists = std::get_if<bool>(&attribute.value);
    if (exists == nullptr) return {};
    return {*exists ? Kind::present : Kind::absent};
  }
  const bool is_equal = attribute.op == kStringEquals || attribute.op == kStringEqualsAnyOf;
  const bool is_match = attribute.op == kStringMatch || attribute.op == kStringMatchAnyOf;
  if (!is_equal && !is_match) return {};

  std::span<const std::string> texts;
  if (const auto* one = std::get_if<std::string>(&attribute.value)) texts = {one, 1};
  if (const auto* many = std::get_if<std::vector<std::string>>(&attribute.value)) texts = *many;
  if (std::holds_alternative<bool>(attribute.value)) return {};
  if (is_equal && is_doubtful(texts)) return {};
  return {Kind::texts, texts, is_match};
}

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

bool is_star(std::string_view text) {
  return !text.empty() && text.find_first_not_of('*') == std::string_view::npos;
}

/// Does some text of `outer` admit all that `inner_text` stands for?
bool admits(const Constraint& outer, std::string_view inner_text, bool inner_is_pattern) {
  return std::any_of(outer.texts.begin(), outer.texts.end(), [&](const std::string& text) {
    if (!outer.are_patterns) {
      return text == inner_text && !(inner_is_pattern && has_wildcard(inner_text));
    }
    // A literal that holds '*' or '?' is no pattern: only equal text or "*" surely covers it.
    if (!inner_is_pattern && has_wildcard(inner_text)) return is_star(text);
    return covers(text, inner_text);
  });
}

/// Every request that satisfies `inner` satisfies `outer`. Both constrain the same attribute.
bool implies(const Attribute& inner, const Attribute& outer) {
  using Kind = Constraint::Kind;
  if (inner == outer) return true;
  const Constraint in = constraint_of(inner);
  const Constraint out = constraint_of(outer);
  if (in.kind == Kind::unknown || out.kind == Kind::unknown) return false;
  if (in.kind == Kind::absent || out.kind == Kind::absent) return in.kind == out.kind;
  if (out.kind == Kind::present) return true;
  if (in.kind == Kind::present) return out.are_patterns && admits(out, "*", true);
  return std::all_of(in.texts.begin(), in.texts.end(), [&](const std::string& text) {
    return admits(out, text, in.are_patterns);
  });
}

/// Each attribute of `outer` is implied by one of `inner`'s: all must match, so one fewer is wider.
bool is_within(const AttributeSet& inner, const AttributeSet& outer) {
  return std::all_of(outer.items().begin(), outer.items().end(), [&](const Attribute& limit) {
    return std::any_of(inner.items().begin(), inner.items().end(), [&](const Attribute& given) {
      return given.name == limit.name && implies(given, limit);
    });
  });
}

bool permits_no_more(const PolicyContent& inner, const PolicyContent& outer) {
  return std::includes(
             outer.roles.begin(), outer.roles.end(), inner.roles.begin(), inner.roles.end()) &&
         is_within(inner.subject, outer.subject) && is_within(inner.resource, outer.resource);
}

}  // namespace

Effect effect_of(const std::optional<PolicyContent>& before,
                 const std::optional<PolicyContent>& after) {
  if (!before || !after) return {.widens = after.has_value(), .narrows = before.has_value()};
  if (before->extras != after->extras) return {.widens = true, .narrows = true};
  return {.widens = !permits_no_more(*after, *before),
          .narrows = !permits_no_more(*before, *after)};
}

bool permits_all_of(const PolicyContent& outer, const PolicyContent& inner) {
  return outer.extras.empty() && permits_no_more(inner, outer);
}

Risk to_risk(Effect effect) {
  if (effect.widens) return Risk::widening;
  return effect.narrows ? Risk::narrowing : Risk::neutral;
}

Risk classify(const std::optional<PolicyContent>& before,
              const std::optional<PolicyContent>& after) {
  return to_risk(effect_of(before, after));
}

}  // namespace authzd
