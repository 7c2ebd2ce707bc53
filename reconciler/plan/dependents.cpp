// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/dependents.hpp"

#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace authzd {
namespace {

std::string key_of_target(std::string_view service, std::string_view instance) {
  return std::string(service) + '\n' + std::string(instance);
}

/// A target within one that names a service also names that service; likewise the instance.
std::string key_of_target(const AttributeSet& resource) {
  const std::string_view service = only_value(resource, "serviceName");
  return key_of_target(service,
                       service.empty() ? service : only_value(resource, "serviceInstance"));
}

}  // namespace

Dependents::Dependents(const Survey& survey) {
  for (const SurveyedPolicy& surveyed : survey.policies) {
    if (!is_service_made(*surveyed.policy)) continue;
    const AttributeSet& resource = surveyed.policy->content.resource;
    const std::set<std::string> keys{key_of_target({}, {}),
                                     key_of_target(only_value(resource, "serviceName"), {}),
                                     key_of_target(resource)};
    for (const std::string& key : keys) by_target_[key].push_back(surveyed.policy);
  }
}

std::vector<PolicyId> Dependents::of(const Observed& policy, Effort& effort) const {
  std::vector<PolicyId> found;
  if (std::ranges::none_of(policy.content.roles, is_delegator)) return found;
  const auto near = by_target_.find(key_of_target(policy.content.resource));
  if (near == by_target_.end()) return found;
  for (const Observed* other : near->second) {
    if (found.size() == kMostDependents || !effort.spend(policy.content, other->content)) break;
    if (other->content.subject == policy.content.subject) continue;
    if (admits_all_of(policy.content.resource, other->content.resource, effort.patterns())) {
      found.push_back(other->id);
    }
  }
  return found;
}

}  // namespace authzd
