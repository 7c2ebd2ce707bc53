// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies and patterns in short notation, and an assertion's verdict on them.
#pragma once

#include "reconciler/pattern/assertion_check.hpp"

#include <string>
#include <vector>

namespace authzd::test {

inline const AccountId kOwn{"0123456789abcdef0123456789abcdef"};
inline const std::string kOther = "ffffffffffffffffffffffffffffffff";

/// With the own account on both sides, unless `subject` has another.
inline PolicyContent grant(std::vector<Attribute> subject,
                           std::vector<Attribute> resource,
                           RoleSet roles = {"crn:Reader"}) {
  PolicyContent content;
  content.subject = AttributeSet(std::move(subject));
  if (content.subject.find("accountId") == nullptr) {
    content.subject.add({.name = "accountId", .value = kOwn.value});
  }
  content.resource = AttributeSet(std::move(resource));
  content.resource.add({.name = "accountId", .value = kOwn.value});
  content.roles = std::move(roles);
  return content;
}

inline Attribute service(std::string name) {
  return {.name = "serviceName", .value = std::move(name)};
}
inline Attribute instance(std::string id) {
  return {.name = "serviceInstance", .value = std::move(id)};
}
inline Attribute group(std::string id) {
  return {.name = "resourceGroupId", .value = std::move(id)};
}
inline Attribute account(std::string id) {
  return {.name = "accountId", .value = std::move(id)};
}

inline const KnownRoleNames kRoleNames{{"crn:Reader", "Reader"}, {"crn:Writer", "Writer"}};

inline AccessPattern pattern(PolicyPattern parts, std::vector<std::string> roles = {}) {
  return {std::move(parts), std::move(roles), {}};
}

inline AssertionResult result(const Assertion& assertion,
                              const std::vector<PolicyContent>& policies,
                              Sight view = Sight::whole) {
  AssertionCheck check(assertion, kOwn);
  GlobWork work{1'000'000};
  for (const PolicyContent& content : policies) {
    check.see(access_of(content, kRoleNames), {.id = PolicyId("p")}, content, work);
  }
  return std::move(check).finish(view);
}

inline std::string never(AccessPattern pattern, const PolicyContent& policy) {
  Assertion assertion{.name = "a"};
  assertion.never = {std::move(pattern)};
  return std::string(to_string(result(assertion, {policy}).verdict));
}

inline std::string always(AccessPattern pattern,
                          const std::vector<PolicyContent>& policies,
                          Sight view = Sight::whole) {
  Assertion assertion{.name = "a"};
  assertion.always = {std::move(pattern)};
  return std::string(to_string(result(assertion, policies, view).verdict));
}

inline std::string only(std::vector<AccessPattern> patterns, const PolicyContent& policy) {
  Assertion assertion{.name = "a"};
  assertion.only = std::move(patterns);
  return std::string(to_string(result(assertion, {policy}).verdict));
}

}  // namespace authzd::test
