// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/why_missing.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/value_forms.hpp"
#include "reconciler/report/export.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

/// An unambiguous name for a manifest: the display name, or the CRN where that is not known.
std::string written_role(const std::string& crn, const RoleNames& names) {
  const auto found = names.find(crn);
  return found == names.end() ? crn : found->second;
}

std::string free_name(const PolicyContent& content, const Desired* desired) {
  const auto word = [](const AttributeSet& side) {
    return to_label(side.equals_value("serviceName"), 26);
  };
  std::string base = word(content.subject) + "-to-" + word(content.resource);
  const std::string instance = to_label(content.resource.equals_value(kServiceInstance), 8);
  if (!instance.empty()) base += "-" + instance;
  const auto is_taken = [desired](const std::string& name) {
    return desired != nullptr &&
           std::ranges::find(desired->grants, name, &Grant::name) != desired->grants.end();
  };
  std::string name = base;
  for (int n = 2; is_taken(name); ++n) name = with_tail(base, "-" + std::to_string(n));
  return name;
}

const Grant* grant_at(const WhyAccount& account, const Key& key) {
  if (account.desired == nullptr) return nullptr;
  const auto& grants = account.desired->grants;
  const auto at = std::ranges::lower_bound(grants, key, {}, &Grant::key);
  return at != grants.end() && at->key == key ? &*at : nullptr;
}

const Observed* policy_like(const WhyAccount& account, const PolicyContent& content) {
  const auto found = std::ranges::find_if(account.policies, [&](const Observed& policy) {
    return policy.state == PolicyState::active && policy.content.subject == content.subject &&
           policy.content.resource == content.resource;
  });
  return found == account.policies.end() ? nullptr : &*found;
}

std::string advice_on(const Grant& grant, const std::vector<std::string>& roles) {
  const bool has_roles = std::ranges::all_of(roles, [&grant](const std::string& role) {
    return std::ranges::find(grant.roles, role) != grant.roles.end();
  });
  const std::string which =
      "the authorization " + printable(grant.name) + " at " + printable(to_string(grant.position));
  if (has_roles) {
    return which + " grants this already, and IAM does not have it: 'authzd plan' shows why";
  }
  return which + " grants other roles for this source and target: add " +
         printable(join(roles, ", ")) + " to its `roles`";
}

}  // namespace

WhyMissing missing_for(const WhyQuestion& question,
                       const std::vector<std::string>& roles,
                       const WhyAccount& account,
                       const ServiceNames* services) {
  PolicyContent content;
  content.subject = question.source;
  content.resource = question.target;
  content.roles.insert(roles.begin(), roles.end());
  const Key key = key_of(account.account, content);
  if (const Grant* grant = grant_at(account, key)) return {{}, advice_on(*grant, roles)};
  WhyMissing missing;
  if (const Observed* policy = policy_like(account, content)) {
    const PolicyOwner owner =
        (*account.owner_of)(*policy, parse_description(policy->content.description));
    const std::string which =
        "policy " + printable(policy->id.value) + " has this source and target with other roles";
    if (owner == PolicyOwner::foreign) {
      return {{}, which + ", and IAM takes no second one: its creator has to change it"};
    }
    for (const std::string& crn : policy->content.roles) {
      content.roles.insert(written_role(crn, *account.names));
    }
    missing.advice = which +
                     ", which the manifest keeps: 'authzd plan --adopt always' shows how "
                     "authzd takes it over";
  }
  const Observed wanted = stand_in(content, free_name(content, account.desired), false);
  Export exported = export_manifests(
      std::span(&wanted, 1),
      {.account = account.account, .owner = std::string(kStandInOwner), .services = services});
  if (!exported.left_out.empty()) {
    return {{}, "no manifest can grant this: " + printable(exported.left_out.front().why)};
  }
  missing.manifest = std::move(exported.yaml);
  return missing;
}

}  // namespace authzd
