// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/plan/request_universe.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace authzd::test {
namespace {

using Value = std::optional<std::string>;  // of an attribute in a request; none: absent

bool matches(const Attribute& attribute, const Value& value, Reading reading) {
  if (const auto* exists = std::get_if<bool>(&attribute.value)) return *exists == value.has_value();
  if (!value) return false;
  std::vector<std::string> texts;
  if (const auto* one = std::get_if<std::string>(&attribute.value)) texts = {*one};
  if (const auto* many = std::get_if<std::vector<std::string>>(&attribute.value)) texts = *many;
  const bool is_glob = attribute.op == kStringMatch || attribute.op == kStringMatchAnyOf ||
                       reading.star_is_wild_under_equality;
  return std::ranges::any_of(texts, [&](const std::string& text) {
    return is_glob ? fits_glob(text, *value) : text == *value;
  });
}

bool admits(const AttributeSet& attributes,
            std::string_view name,
            const Value& value,
            Reading reading) {
  std::size_t given = 0;
  std::size_t fitting = 0;
  for (const Attribute& attribute : attributes.items()) {
    if (attribute.name != name) continue;
    ++given;
    fitting += matches(attribute, value, reading);
  }
  return given == 0 || (reading.twice_means_either ? fitting > 0 : fitting == given);
}

}  // namespace

bool fits_glob(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob[0] == '*') {
    return fits_glob(glob.substr(1), text) || (!text.empty() && fits_glob(glob, text.substr(1)));
  }
  return !text.empty() && (glob[0] == '?' || glob[0] == text[0]) &&
         fits_glob(glob.substr(1), text.substr(1));
}

std::vector<std::string> all_texts(std::string_view alphabet, std::size_t length) {
  std::vector<std::string> texts{""};
  std::size_t first = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const std::size_t last = texts.size();
    for (; first < last; ++first) {
      for (const char c : alphabet) texts.push_back(texts[first] + c);
    }
  }
  return texts;
}

Permitted::Permitted(const PolicyContent& policy,
                     const std::vector<std::string>& texts,
                     Reading reading)
    : texts_(texts), roles_(policy.roles) {
  const auto add = [&](const AttributeSet& side, std::string_view name) {
    std::vector<bool> admitted;
    for (const std::string& text : texts) admitted.push_back(admits(side, name, text, reading));
    admitted.push_back(admits(side, name, std::nullopt, reading));
    admitted_.push_back(std::move(admitted));
  };
  add(policy.subject, "a");
  add(policy.resource, "a");
  add(policy.resource, "b");
}

// Values that both policies treat alike are equivalent: one of each kind represents all of them.
std::vector<std::size_t> Permitted::kinds(const Permitted& other, std::size_t attribute) const {
  std::vector<std::size_t> kinds;
  std::set<std::pair<bool, bool>> seen;
  for (std::size_t i = 0; i <= texts_.size(); ++i) {
    const bool is_new = seen.emplace(admitted_[attribute][i], other.admitted_[attribute][i]).second;
    if (is_new) kinds.push_back(i);
  }
  return kinds;
}

bool Permitted::permits(const std::string& role, const std::array<std::size_t, 3>& values) const {
  return roles_.contains(role) && admitted_[0][values[0]] && admitted_[1][values[1]] &&
         admitted_[2][values[2]];
}

std::string Permitted::beyond(const Permitted& other) const {
  const auto text = [&](std::size_t i) { return i < texts_.size() ? texts_[i] : "(absent)"; };
  for (const std::string& role : roles_) {
    for (const std::size_t s : kinds(other, 0)) {
      for (const std::size_t a : kinds(other, 1)) {
        for (const std::size_t b : kinds(other, 2)) {
          if (!permits(role, {s, a, b}) || other.permits(role, {s, a, b})) continue;
          return role + " from a=" + text(s) + " to a=" + text(a) + " b=" + text(b);
        }
      }
    }
  }
  return {};
}

}  // namespace authzd::test
