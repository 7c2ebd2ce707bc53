// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/risk.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {
namespace {

using Value = std::optional<std::string>;  // of an attribute in a request; none: absent

const std::vector<Value> kValues = {
    std::nullopt, "", "x", "y", "xx", "xy", "yx", "yy", "xyx", "*", "?"};

bool glob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return glob(pattern.substr(1), text) || (!text.empty() && glob(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         glob(pattern.substr(1), text.substr(1));
}

bool matches(const Attribute& attribute, const Value& value) {
  if (const auto* exists = std::get_if<bool>(&attribute.value)) return *exists == value.has_value();
  if (!value) return false;
  std::vector<std::string> texts;
  if (const auto* one = std::get_if<std::string>(&attribute.value)) texts = {*one};
  if (const auto* many = std::get_if<std::vector<std::string>>(&attribute.value)) texts = *many;
  const bool is_glob = attribute.op == kStringMatch || attribute.op == kStringMatchAnyOf;
  for (const std::string& text : texts) {
    if (is_glob ? glob(text, *value) : text == *value) return true;
  }
  return false;
}

bool permits(const PolicyContent& policy, const std::string& role, const Value& a, const Value& b) {
  if (!policy.roles.contains(role)) return false;
  for (const Attribute& attribute : policy.resource.items()) {
    if (!matches(attribute, attribute.name == "a" ? a : b)) return false;
  }
  return true;
}

Attribute any_attribute() {
  const auto name = *rc::gen::element<std::string>("a", "b");
  const auto text = rc::gen::element<std::string>("x", "y", "xy", "x*", "*", "?", "x?", "*y", "??");
  switch (*rc::gen::inRange(0, 5)) {
    case 0: return {name, std::string(kStringEquals), *text};
    case 1: return {name, std::string(kStringExists), *rc::gen::arbitrary<bool>()};
    case 2: return {name, std::string(kStringMatch), *text};
    case 3: return {name, std::string(kStringEqualsAnyOf), std::vector<std::string>{*text, *text}};
    default: return {name, std::string(kStringMatchAnyOf), std::vector<std::string>{*text, *text}};
  }
}

PolicyContent any_policy() {
  PolicyContent policy;
  const int n = *rc::gen::inRange(0, 3);
  for (int i = 0; i < n; ++i) policy.resource.add(any_attribute());
  for (const char* role : {"R", "W"}) {
    if (*rc::gen::arbitrary<bool>()) policy.roles.insert(role);
  }
  return policy;
}

RC_GTEST_PROP(RiskLaw, NeverCallsAWideningOrANarrowingByAnotherName, ()) {
  const PolicyContent before = any_policy();
  const PolicyContent after = any_policy();
  const Effect effect = effect_of(before, after);
  for (const std::string role : {"R", "W"}) {
    for (const Value& a : kValues) {
      for (const Value& b : kValues) {
        const bool was = permits(before, role, a, b);
        const bool is = permits(after, role, a, b);
        if (is && !was) RC_ASSERT(effect.widens);
        if (was && !is) RC_ASSERT(effect.narrows);
      }
    }
  }
}

}  // namespace
}  // namespace authzd
