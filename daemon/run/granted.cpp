// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/granted.hpp"

#include <map>
#include <set>
#include <utility>

namespace authzd {
namespace {

using RolesByKey = std::map<Key, std::set<std::string>>;

/// A manifest names a role by its CRN, or as IAM shows it; where IAM's names could not be looked up
/// by what its CRN ends in.
bool names_role(const std::set<std::string>& written,
                const std::string& crn,
                const RoleNames& names) {
  if (written.contains(crn)) return true;
  if (const auto name = names.find(crn); name != names.end()) return written.contains(name->second);
  return written.contains(crn.substr(crn.rfind(':') + 1));
}

/// Policies of ours that others may have changed; where `all`, those too that we changed last.
std::vector<const Observed*> perhaps_granted(const std::vector<Observed>& policies,
                                             const Ownership& ownership,
                                             bool all) {
  std::vector<const Observed*> found;
  for (const Observed& policy : policies) {
    if (!ownership.known_ids.contains(policy.id) || !policy.content.extras.empty()) continue;
    if (all || !ownership.identities.contains(policy.last_modified_by)) found.push_back(&policy);
  }
  return found;
}

/// Those of them with roles that these grants name, no matter who gave them: they are what a
/// revision granted, and to take them away is no repair.
std::vector<GrantedPolicy> granted_of(const AccountId& account,
                                      const RolesByKey& grants,
                                      const std::vector<const Observed*>& policies,
                                      const RoleNames& names) {
  std::vector<GrantedPolicy> granted;
  for (const Observed* policy : policies) {
    const auto grant = grants.find(key_of(account, policy->content));
    if (grant == grants.end()) continue;
    GrantedPolicy found{policy->id, policy->content, true};
    std::erase_if(found.content.roles,
                  [&](const std::string& role) { return !names_role(grant->second, role, names); });
    if (found.content.roles.empty()) continue;
    found.is_whole = found.content.roles == policy->content.roles &&
                     found.content.roles.size() == grant->second.size();
    granted.push_back(std::move(found));
  }
  return granted;
}

RolesByKey roles_of(const Desired& desired) {
  RolesByKey roles;
  for (const Grant& grant : desired.grants) {
    roles.emplace(grant.key, std::set(grant.roles.begin(), grant.roles.end()));
  }
  return roles;
}

/// What the state knows of our last writes, with what was granted since by other hands.
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
  findings.granted = granted_of(account, roles_of(good.desired), touched, names);
  if (*is_applied) {
    findings.granted_before = findings.granted;
  } else {
    const auto applied = state.revisions.granted_roles();
    if (!applied) return applied.error();
    const auto by_others = perhaps_granted(observation.policies, ownership, false);
    findings.granted_before = granted_of(account, *applied, by_others, names);
  }
  take_as_granted(memory, findings.granted_before);
  return {};
}

}  // namespace authzd
