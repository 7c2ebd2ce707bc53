// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Compares an assertion's verdict with every access of a small world, by brute force: "holds" has
// no access that contradicts it, and "violated" has one.
#include "reconciler/pattern/assertion_check.hpp"
#include "reconciler/pattern/policy_pattern.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {
namespace {

const AccountId kOwn{"0123456789abcdef0123456789abcdef"};

/// Patterns and policies use the first two letters; 'c' represents all other texts.
constexpr std::string_view kLetters = "abc";
constexpr std::size_t kLength = 2;

// The attributes of an access, and its role.
constexpr std::array<std::string_view, 3> kNames{
    "source.serviceName", "target.serviceName", "target.serviceInstance"};
const std::vector<std::string> kRoles{"Reader", "Writer"};

struct Concrete {
  std::array<std::optional<std::string>, kNames.size()> values;
  std::string role;
};

bool fits_glob(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob.front() == '*') {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (fits_glob(glob.substr(1), text.substr(i))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  return (glob.front() == '?' || glob.front() == text.front()) &&
         fits_glob(glob.substr(1), text.substr(1));
}

bool admits_value(const Attribute& attribute, const std::optional<std::string>& value) {
  if (const auto* exists = std::get_if<bool>(&attribute.value)) return *exists == value.has_value();
  if (!value) return false;
  if (const auto* one = std::get_if<std::string>(&attribute.value)) {
    return attribute.op == kStringMatch ? fits_glob(*one, *value) : *one == *value;
  }
  const auto& many = std::get<std::vector<std::string>>(attribute.value);
  return std::ranges::find(many, *value) != many.end();
}

bool permits(const PolicyContent& policy, const Concrete& access) {
  const auto side_permits = [&](const AttributeSet& side, std::string_view prefix) {
    return std::ranges::all_of(side.items(), [&](const Attribute& attribute) {
      if (attribute.name == "accountId") return true;
      const auto at = std::ranges::find(kNames, std::string(prefix) + attribute.name);
      return admits_value(attribute, access.values[static_cast<std::size_t>(at - kNames.begin())]);
    });
  };
  return policy.roles.contains(access.role) && side_permits(policy.subject, "source.") &&
         side_permits(policy.resource, "target.");
}

bool fits_side(const AccessPattern& pattern, const Concrete& access, std::string_view prefix) {
  return std::ranges::all_of(pattern.parts, [&](const auto& entry) {
    if (!entry.first.starts_with(prefix) || entry.second == "*") return true;
    const auto at = std::ranges::find(kNames, entry.first);
    const auto& value = access.values[static_cast<std::size_t>(at - kNames.begin())];
    return value && fits_glob(entry.second, *value);
  });
}

bool fits(const AccessPattern& pattern, const Concrete& access) {
  const bool has_role =
      pattern.roles.empty() || std::ranges::find(pattern.roles, access.role) != pattern.roles.end();
  return has_role && fits_side(pattern, access, "source.") && fits_side(pattern, access, "target.");
}

const std::vector<Concrete>& all_accesses() {
  static const std::vector<Concrete> all = [] {
    std::vector<std::optional<std::string>> texts{std::nullopt};
    std::vector<std::string> last{""};
    for (std::size_t length = 1; length <= kLength; ++length) {
      std::vector<std::string> next;
      for (const std::string& text : last) {
        for (const char letter : kLetters) next.push_back(text + letter);
      }
      texts.insert(texts.end(), next.begin(), next.end());
      last = std::move(next);
    }
    std::vector<Concrete> found;
    for (const auto& source : texts) {
      for (const auto& target : texts) {
        for (const auto& thing : texts) {
          for (const std::string& role : kRoles) found.push_back({{source, target, thing}, role});
        }
      }
    }
    return found;
  }();
  return all;
}

rc::Gen<std::string> a_glob() {
  return rc::gen::element<std::string>("a", "b", "ab", "a*", "*b", "?", "a?", "*");
}

/// A value among the texts that the world has for each attribute.
rc::Gen<Attribute> an_attribute(std::string name, bool is_source) {
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, is_source ? 2 : 5), a_glob(), a_glob()),
                      [name = std::move(name)](const auto& drawn) -> Attribute {
                        const auto& [form, one, two] = drawn;
                        const auto literal = [](const std::string& glob) {
                          return glob.find_first_of("*?") == std::string::npos ? glob
                                                                               : std::string("a");
                        };
                        switch (form) {
                          case 0: return {.name = name, .value = literal(one)};
                          case 1: return {name, std::string(kStringExists), one != "b"};
                          case 2: return {name, std::string(kStringMatch), one};
                          case 3:
                            return {name,
                                    std::string(kStringEqualsAnyOf),
                                    std::vector<std::string>{literal(one), literal(two)}};
                          default: return {.name = name, .value = literal(two)};
                        }
                      });
}

PolicyContent a_policy() {
  PolicyContent policy;
  policy.subject.add({.name = "accountId", .value = kOwn.value});
  policy.resource.add({.name = "accountId", .value = kOwn.value});
  if (*rc::gen::arbitrary<bool>()) policy.subject.add(*an_attribute("serviceName", true));
  if (*rc::gen::inRange(0, 4) > 0) policy.resource.add(*an_attribute("serviceName", false));
  if (*rc::gen::arbitrary<bool>()) policy.resource.add(*an_attribute("serviceInstance", false));
  policy.roles.insert(*rc::gen::elementOf(kRoles));
  if (*rc::gen::arbitrary<bool>()) policy.roles.insert(*rc::gen::elementOf(kRoles));
  return policy;
}

AccessPattern a_pattern() {
  AccessPattern pattern;
  for (const std::string_view name : kNames) {
    if (*rc::gen::inRange(0, 3) > 0) pattern.parts.emplace(name, *a_glob());
  }
  if (*rc::gen::arbitrary<bool>()) pattern.roles.push_back(*rc::gen::elementOf(kRoles));
  return pattern;
}

std::vector<AccessPattern> patterns() {
  std::vector<AccessPattern> list;
  const int length = *rc::gen::inRange(1, 4);
  for (int i = 0; i < length; ++i) list.push_back(a_pattern());
  return list;
}

Verdict verdict_of(const Assertion& assertion, const PolicyContent& policy) {
  KnownRoleNames names;
  for (const std::string& role : kRoles) names.emplace(role, role);
  AssertionCheck check(assertion, kOwn);
  GlobWork work{1'000'000};
  check.see(access_of(policy, names), {}, policy, work);
  const Verdict verdict = std::move(check).finish(Sight::whole).verdict;
  RC_TAG(std::string(to_string(verdict)));
  return verdict;
}

template <class Predicate>
bool some(const PolicyContent& policy, Predicate predicate) {
  return std::ranges::any_of(all_accesses(), [&](const Concrete& access) {
    return permits(policy, access) && predicate(access);
  });
}

RC_GTEST_PROP(AssertionLaws, NeverThatHoldsHasNoAccessAgainstIt, ()) {
  Assertion assertion;
  assertion.never = {a_pattern()};
  const PolicyContent policy = a_policy();

  const Verdict verdict = verdict_of(assertion, policy);
  const bool found =
      some(policy, [&](const Concrete& access) { return fits(assertion.never[0], access); });

  if (verdict == Verdict::holds) RC_ASSERT_FALSE(found);
  if (verdict == Verdict::violated) RC_ASSERT(found);
}

RC_GTEST_PROP(AssertionLaws, OnlyThatHoldsHasNoAccessBesideTheList, ()) {
  Assertion assertion;
  assertion.only = patterns();
  const PolicyContent policy = a_policy();
  const auto& list = assertion.only;

  const Verdict verdict = verdict_of(assertion, policy);
  const bool found = some(policy, [&](const Concrete& access) {
    const auto has_target = [&](const AccessPattern& p) { return fits_side(p, access, "target."); };
    const auto has_all = [&](const AccessPattern& p) { return fits(p, access); };
    return std::ranges::any_of(list, has_target) && std::ranges::none_of(list, has_all);
  });

  if (verdict == Verdict::holds) RC_ASSERT_FALSE(found);
  if (verdict == Verdict::violated) RC_ASSERT(found);
}

RC_GTEST_PROP(AssertionLaws, AlwaysThatHoldsHasAnAccessWithEachRole, ()) {
  Assertion assertion;
  AccessPattern pattern = a_pattern();
  pattern.roles = *rc::gen::element(std::vector<std::string>{"Reader"},
                                    std::vector<std::string>{"Reader", "Writer"});
  assertion.always = {pattern};
  const PolicyContent policy = a_policy();

  const Verdict verdict = verdict_of(assertion, policy);

  for (const std::string& role : pattern.roles) {
    const bool found = some(policy, [&](const Concrete& access) {
      return access.role == role && fits(pattern, access);
    });
    if (verdict == Verdict::holds) RC_ASSERT(found);
  }
}

/// The law detects a judge that reads patterns like rails.never, which overlooks wider grants.
TEST(AssertionLaws, SeeWhatIsWiderThanThePattern) {
  AccessPattern one;
  one.parts = {{"target.serviceName", "a"}, {"target.serviceInstance", "b"}};
  PolicyContent policy;
  policy.resource.add({.name = "serviceName", .value = "a"});
  policy.roles = {"Reader"};

  EXPECT_TRUE(fits(policy, one.parts)) << "a target without an instance is every instance";
  EXPECT_TRUE(some(policy, [&](const Concrete& access) { return fits(one, access); }));
}

}  // namespace
}  // namespace authzd
