// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/granted.hpp"

#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/base/in_order.hpp"
#include "reconciler/model/role.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {
namespace {

/// The roles that a key is granted, as a manifest writes them, and as they were looked up: null if
/// they were not, or could not be.
struct GrantedHere {
  std::set<std::string> written;
  const RoleSet* resolved = nullptr;
};
using GrantsByKey = std::map<Key, GrantedHere>;

/// A custom role may have any name in IAM, even that of a predefined one; a manifest then means the
/// predefined one.
bool is_name_of_predefined(std::string_view name, const RoleQuery& pair) {
  return std::ranges::any_of(published_roles(pair), [name](const Role& role) {
    return is_predefined_role(role.crn) && role.display_name == name;
  });
}

/// Whether the manifest names the role. If the grant's roles were looked up, their CRNs decide. If
/// not, the role's name does. If that is unknown too, the last part of its CRN decides, but only
/// for a role that every service has: anyone can write a CRN of a service, or make a custom role,
/// that ends so.
bool names_role(const GrantedHere& granted,
                const std::string& crn,
                const RoleNames& names,
                const PolicyContent& content) {
  if (granted.written.contains(crn)) return true;
  if (granted.resolved != nullptr) return granted.resolved->contains(crn);
  const bool is_predefined = is_predefined_role(crn);
  const auto name = names.find(crn);
  if (name == names.end()) {
    const bool is_of_every_service = is_predefined && crn.find(":iam::::") != std::string::npos;
    return is_of_every_service && granted.written.contains(std::string(last_part(crn)));
  }
  if (!granted.written.contains(name->second)) return false;
  return is_predefined ||
         !is_name_of_predefined(name->second, role_query(content.subject, content.resource));
}

/// Our policies that others may have changed; with `all`, also those that we changed last.
std::vector<const Observed*> perhaps_granted(const std::vector<Observed>& policies,
                                             const Ownership& ownership,
                                             bool all) {
  std::vector<const Observed*> found;
  InOrder known(*ownership.known);
  for (const Observed& policy : policies) {
    if (!all && ownership.identities.contains(policy.last_modified_by)) continue;
    if (policy.content.extras.empty() && known.contains(policy.id)) found.push_back(&policy);
  }
  return found;
}

/// Those of them with roles that these grants name, even if others added them: a revision granted
/// these, and removing them is not a repair.
std::vector<GrantedPolicy> granted_of(const AccountId& account,
                                      const GrantsByKey& grants,
                                      const std::vector<const Observed*>& policies,
                                      const RoleNames& names) {
  std::vector<GrantedPolicy> granted;
  for (const Observed* policy : policies) {
    const auto grant = grants.find(key_of(account, policy->content));
    if (grant == grants.end()) continue;
    GrantedPolicy found{policy->id, policy->content, true};
    std::erase_if(found.content.roles, [&](const std::string& role) {
      return !names_role(grant->second, role, names, policy->content);
    });
    if (found.content.roles.empty()) continue;
    found.is_whole = found.content.roles == policy->content.roles &&
                     found.content.roles.size() == grant->second.written.size();
    granted.push_back(std::move(found));
  }
  return granted;
}

GrantsByKey grants_of(const ResolvedRoles& resolved) {
  GrantsByKey grants;
  for (const ResolvedGrant& each : resolved.grants) {
    const std::vector<std::string>& roles = each.grant->roles;
    grants.emplace(each.grant->key,
                   GrantedHere{{roles.begin(), roles.end()}, each.roles ? &*each.roles : nullptr});
  }
  return grants;
}

/// By the last applied revision: a grant that still has these roles has them looked up by now.
GrantsByKey grants_of(const GrantedRoles& applied, const GrantsByKey& now) {
  GrantsByKey grants;
  for (const auto& [key, roles] : applied) {
    const auto same = now.find(key);
    const bool is_same = same != now.end() && same->second.written == roles;
    grants.emplace(key, GrantedHere{roles, is_same ? same->second.resolved : nullptr});
  }
  return grants;
}

/// What the state knows about our last writes, plus what was granted by others since.
void take_as_granted(PlanMemory& memory, const std::vector<GrantedPolicy>& granted) {
  for (const GrantedPolicy& policy : granted) {
    const auto written = memory.written.find(policy.id);
    if (written != memory.written.end()) written->second = as_granted(written->second, policy);
  }
}

}  // namespace

Result<void> find_granted(const ReadingContext& context,
                          const Observation& observation,
                          const Ownership& ownership,
                          const GoodRevision& good,
                          const ResolvedRoles& resolved,
                          PlanMemory& memory,
                          Findings& findings) {
  const AccountId& account = context.spec.id;
  const AccountState& state = context.state;
  const RoleNames& names = resolved.names;
  const auto is_applied = state.revisions.is_applied(good.revision, good.digest);
  if (!is_applied) return is_applied.error();
  const auto touched = perhaps_granted(observation.policies, ownership, !*is_applied);
  if (touched.empty()) return {};
  const GrantsByKey grants = grants_of(resolved);
  findings.granted = granted_of(account, grants, touched, names);
  if (*is_applied) {
    findings.granted_before = findings.granted;
  } else {
    const auto applied = state.revisions.granted_roles();
    if (!applied) return applied.error();
    const auto by_others = perhaps_granted(observation.policies, ownership, false);
    findings.granted_before = granted_of(account, grants_of(*applied, grants), by_others, names);
  }
  take_as_granted(memory, findings.granted_before);
  return {};
}

}  // namespace authzd
