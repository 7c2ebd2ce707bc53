// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/risk.hpp"

#include "reconciler/pattern/globs.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {
namespace {

/// What an attribute admits in a request: one of `texts`, any value, or its absence.
///
///   stringEquals, …AnyOf | texts
///   stringMatch, …AnyOf  | texts, as globs
///   stringExists         | present, or absent
///   any other operator   | unknown. Also unknown: a value of the wrong type, an empty list, and a
///                        | '*' or '?' under equality, because it is not known whether IAM takes it
///                        | literally (iam-api §12)
struct Admitted {
  enum class Kind { texts, present, absent, unknown } kind = Kind::unknown;
  Globs texts = {};
};

Globs texts_of(const AttributeValue& value) {
  if (const auto* one = std::get_if<std::string>(&value)) return {one, 1};
  if (const auto* many = std::get_if<std::vector<std::string>>(&value)) return *many;
  return {};
}

bool is_equality(const Attribute& attribute) {
  return attribute.op == kStringEquals || attribute.op == kStringEqualsAnyOf;
}

bool is_pattern(const Attribute& attribute) {
  return attribute.op == kStringMatch || attribute.op == kStringMatchAnyOf;
}

Admitted admitted_by(const Attribute& attribute) {
  using Kind = Admitted::Kind;
  if (attribute.op == kStringExists) {
    const auto* exists = std::get_if<bool>(&attribute.value);
    if (exists == nullptr) return {};
    return {*exists ? Kind::present : Kind::absent};
  }
  const Globs texts = texts_of(attribute.value);
  const bool is_equal = is_equality(attribute);
  if ((!is_equal && !is_pattern(attribute)) || texts.empty()) return {};
  if (is_equal && std::ranges::any_of(texts, has_wildcard)) return {};
  return {Kind::texts, texts};
}

/// '?' matches a character; whether that is a byte or more outside of ASCII is unknown.
bool counts_characters(Globs a, Globs b) {
  const auto has = [&](auto is_such) {
    const auto holds = [&](const std::string& text) { return std::ranges::any_of(text, is_such); };
    return std::ranges::any_of(a, holds) || std::ranges::any_of(b, holds);
  };
  return has([](char c) { return c == '?'; }) &&
         has([](char c) { return static_cast<unsigned char>(c) > 127; });
}

/// `outer` admits everything that `inner` admits. Both are of the same attribute.
bool implies(const Attribute& inner, const Attribute& outer, GlobWork& work) {
  using Kind = Admitted::Kind;
  if (inner == outer) return true;
  const Admitted in = admitted_by(inner);
  const Admitted out = admitted_by(outer);
  if (in.kind == Kind::unknown || out.kind == Kind::unknown) return false;
  if (in.kind == Kind::absent || out.kind == Kind::absent) return in.kind == out.kind;
  if (out.kind == Kind::present) return true;
  const std::string any = "*";
  const Globs texts = in.kind == Kind::present ? Globs(&any, 1) : in.texts;
  return !counts_characters(texts, out.texts) && fits_within(texts, out.texts, work);
}

bool is_given_twice(const AttributeSet& attributes) {
  const auto& items = attributes.items();
  return std::ranges::adjacent_find(items, {}, &Attribute::name) != items.end();
}

/// Each attribute of `outer` is implied by one of `inner`: all must match, so fewer attributes are
/// wider. How IAM combines two attributes of one name is unknown; then only equal sets are within
/// each other. Both are sorted by name. Patterns are compared last: usually another attribute
/// decides.
bool is_within(const AttributeSet& inner, const AttributeSet& outer, GlobWork& work) {
  if (inner == outer) return true;
  if (is_given_twice(inner) || is_given_twice(outer)) return false;
  std::vector<std::pair<const Attribute*, const Attribute*>> patterns;
  auto given = inner.items().begin();
  for (const Attribute& limit : outer.items()) {
    while (given != inner.items().end() && given->name < limit.name) ++given;
    if (given == inner.items().end() || given->name != limit.name) return false;
    if (*given == limit) continue;
    if (is_pattern(limit)) {
      patterns.emplace_back(&*given, &limit);
    } else if (!implies(*given, limit, work)) {
      return false;
    }
  }
  return std::ranges::all_of(
      patterns, [&work](const auto& pair) { return implies(*pair.first, *pair.second, work); });
}

/// Exact, because a policy permits the product of what its roles and each of its attributes admit,
/// and only the roles may be empty.
bool permits_no_more(const PolicyContent& inner, const PolicyContent& outer, GlobWork& work) {
  if (inner.roles.empty()) return true;
  return std::ranges::includes(outer.roles, inner.roles) &&
         is_within(inner.subject, outer.subject, work) &&
         is_within(inner.resource, outer.resource, work);
}

bool permits_no_more(const PolicyContent& inner, const PolicyContent& outer) {
  GlobWork work;
  return permits_no_more(inner, outer, work);
}

bool differ_in_text_alone(const PolicyContent& a, const PolicyContent& b) {
  return a.subject == b.subject && a.resource == b.resource && a.roles == b.roles &&
         a.extras == b.extras;
}

}  // namespace

Effect effect_of(const std::optional<PolicyContent>& before,
                 const std::optional<PolicyContent>& after) {
  if (!before || !after) return {.widens = after.has_value(), .narrows = before.has_value()};
  if (differ_in_text_alone(*before, *after)) return {};
  if (!before->extras.empty() || !after->extras.empty()) return {.widens = true, .narrows = true};
  return {.widens = !permits_no_more(*after, *before),
          .narrows = !permits_no_more(*before, *after)};
}

bool permits_all_of(const PolicyContent& outer, const PolicyContent& inner, GlobWork& work) {
  return outer.extras.empty() && permits_no_more(inner, outer, work);
}

bool permits_all_of(const PolicyContent& outer, const PolicyContent& inner) {
  return outer.extras.empty() && permits_no_more(inner, outer);
}

bool admits_all_of(const AttributeSet& outer, const AttributeSet& inner, GlobWork& work) {
  return is_within(inner, outer, work);
}

std::string_view only_value(const AttributeSet& attributes, std::string_view name) {
  const Attribute* attribute = attributes.find(name);
  if (attribute == nullptr) return {};
  if (!is_equality(*attribute) && !is_pattern(*attribute)) return {};
  const Globs texts = texts_of(attribute->value);
  return texts.size() == 1 && !has_wildcard(texts[0]) ? std::string_view(texts[0])
                                                      : std::string_view{};
}

bool names_values(const AttributeSet& attributes, std::string_view name) {
  const Attribute* attribute = attributes.find(name);
  if (attribute == nullptr || is_given_twice(attributes)) return false;
  const Admitted admitted = admitted_by(*attribute);
  return admitted.kind == Admitted::Kind::texts &&
         std::ranges::none_of(admitted.texts, has_wildcard);
}

bool may_admit(const AttributeSet& attributes, std::string_view name, const std::string& value) {
  const Attribute* attribute = attributes.find(name);
  if (attribute == nullptr || is_given_twice(attributes)) return true;
  const Admitted admitted = admitted_by(*attribute);
  if (admitted.kind == Admitted::Kind::absent) return false;
  return admitted.kind != Admitted::Kind::texts || fits_within(Globs(&value, 1), admitted.texts);
}

Risk to_risk(Effect effect) {
  if (effect.widens) return Risk::widening;
  return effect.narrows ? Risk::narrowing : Risk::neutral;
}

bool takes_back_widening(const Action& action) {
  return action.drift && action.verb == Verb::update && action.risk == Risk::narrowing;
}

std::string_view risk_text(const Action& action) {
  const Effect effect = effect_of(action.before, action.after);
  return effect.widens && effect.narrows ? "widening and narrowing" : to_string(action.risk);
}

Risk classify(const std::optional<PolicyContent>& before,
              const std::optional<PolicyContent>& after) {
  return to_risk(effect_of(before, after));
}

}  // namespace authzd
