// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/broad.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/removal.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/manifest_yaml.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace authzd {
namespace {

/// For each service the id of its only instance; empty where it has several, and where a policy
/// names another one: the caller may not see them all.
std::map<std::string, std::string, std::less<>> only_instances(std::span<const Instance> instances,
                                                               std::span<const Observed> policies) {
  std::map<std::string, std::string, std::less<>> found;
  for (const Instance& instance : instances) {
    if (instance.is_gone || instance.service.empty() || instance.id.empty()) continue;
    const auto [at, is_new] = found.emplace(instance.service, instance.id);
    if (!is_new) at->second.clear();
  }
  for (const Observed& policy : policies) {
    const AttributeSet& side = policy.content.resource;
    const auto at = found.find(side.equals_value("serviceName"));
    const std::string_view id = side.equals_value(kServiceInstance);
    const bool is_another = at != found.end() && !id.empty() && to_lower(id) != at->second;
    if (is_another && policy.state == PolicyState::active) at->second.clear();
  }
  return found;
}

/// Of a service, and of every instance of it.
bool is_of_all_instances(const AttributeSet& side) {
  return only_value(side, "serviceName") == side.equals_value("serviceName") &&
         side.items().size() == 2 && side.find("accountId") != nullptr;
}

}  // namespace

std::string_view to_string(BroadFinding finding) {
  switch (finding) {
    case BroadFinding::limits_nothing: return "limits nothing";
    case BroadFinding::has_narrower: return "has narrower twins";
    case BroadFinding::one_instance: return "for all instances, of which there is one";
    case BroadFinding::covered: return "covered";
  }
  return {};
}

BroadPolicies broad_policies(std::span<const Observed> policies,
                             std::span<const Instance> instances) {
  BroadPolicies result;
  std::vector<Staying> active;
  for (const Observed& policy : policies) {
    if (policy.state != PolicyState::active) continue;
    const Timestamp since = unchanged_since(policy).value_or(Timestamp::max());
    active.push_back({&policy, &policy.content.roles, since});
  }
  const Cover cover(active);
  const auto only = only_instances(instances, policies);
  std::map<const Observed*, std::vector<PolicyId>> narrower;
  Effort effort;
  std::set<PolicyId> covered;  // none of these is a reason to take another one away
  for (const Staying& each : active) {
    const Observed& policy = *each.policy;
    if (report::is_wide(policy.content)) {
      result.found.push_back({&policy, BroadFinding::limits_nothing});
    }
    const auto instance = only.find(policy.content.resource.equals_value("serviceName"));
    const bool has_one = instance != only.end() && !instance->second.empty();
    if (has_one && is_of_all_instances(policy.content.resource)) {
      result.found.push_back({&policy, BroadFinding::one_instance, {}, instance->second});
    }
    const bool permits_something = !policy.content.roles.empty();
    const Observed* wider = permits_something ? cover.find(policy, effort) : nullptr;
    if (wider == nullptr || covered.contains(wider->id)) continue;
    covered.insert(policy.id);
    result.found.push_back({&policy, BroadFinding::covered, {wider->id}});
    narrower[wider].push_back(policy.id);
  }
  for (auto& [wider, ids] : narrower) {
    std::ranges::sort(ids);
    result.found.push_back({wider, BroadFinding::has_narrower, std::move(ids)});
  }
  if (!active.empty()) {
    const PolicyContent& any = active.front().policy->content;
    result.is_complete = effort.spend(any, any);
  }
  std::ranges::sort(result.found, [](const BroadPolicy& a, const BroadPolicy& b) {
    return a.finding != b.finding ? a.finding < b.finding : a.policy->id < b.policy->id;
  });
  return result;
}

}  // namespace authzd
