// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/role_look_up.hpp"

#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/value_forms.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace authzd {
namespace {

bool has_crns_only(const Grant& grant) {
  return std::all_of(grant.roles.begin(), grant.roles.end(), is_crn);
}

/// The roles that IAM's policies have, by the key that a grant for them would have; made when they
/// are asked for first, which is seldom.
class HeldRoles {
 public:
  HeldRoles(const AccountId& account, std::span<const Observed> policies)
      : account_(account), policies_(policies) {}

  bool has(const Key& key, const std::string& crn) {
    if (!by_key_) fill();
    const auto found = by_key_->find(key);
    return found != by_key_->end() && found->second->contains(crn);
  }

 private:
  void fill() {
    by_key_.emplace();
    for (const Observed& policy : policies_) {
      if (policy.state != PolicyState::active) continue;
      by_key_->emplace(key_of(account_, policy.content), &policy.content.roles);
    }
  }

  const AccountId& account_;
  std::span<const Observed> policies_;
  std::optional<std::map<Key, const RoleSet*>> by_key_;
};

/// IAM has no roles for a misspelt service; where another name is near, it says so.
Error with_service_hint(Error error, const RoleQuery& pair) {
  for (const std::string& service : {pair.source_service, pair.target_service}) {
    const ServiceNames& names = known_services();
    if (names.judge(service).verdict != ServiceNames::Verdict::unknown) continue;
    const std::string nearest = names.nearest(service);
    if (nearest.empty()) continue;
    error.message += " (" + printable(service) + ": did you mean \"" + nearest + "\"?)";
  }
  return error;
}

Result<RoleSet> resolve(const Grant& grant,
                        const RoleTable& table,
                        const RoleQuery& pair,
                        HeldRoles& held) {
  RoleSet crns;
  for (const std::string& written : grant.roles) {
    auto crn = resolve_role(table, written, pair);
    // What IAM's own policy has is a role that IAM takes, whatever the look-up says.
    if (!crn && is_crn(written) && held.has(grant.key, written)) crn = written;
    if (!crn && table.empty()) return with_service_hint(std::move(crn).error(), pair);
    if (!crn) return std::move(crn).error();
    crns.insert(std::move(*crn));
  }
  return crns;
}

void collect_names(const RoleTable& table, RoleNames& names) {
  for (const auto* group : {&table.service, &table.system, &table.custom}) {
    for (const Role& role : *group) names.emplace(role.crn, role.display_name);
  }
}

}  // namespace

// Grants and policies outlive the call: the caller holds them.
Async<ResolvedRoles> resolve_roles(ReadingContext context,
                                   std::span<const Grant> grants,
                                   std::span<const Observed> policies) {
  HeldRoles held(context.spec.id, policies);
  ResolvedRoles resolved;
  resolved.grants.reserve(grants.size());
  std::map<RoleQuery, Result<RoleTable>> tables;
  for (const Grant& grant : grants) {
    const RoleQuery pair = role_query(grant.subject, grant.resource);
    if (!tables.contains(pair)) {
      auto table = co_await context.reader.roles(pair);
      if (!table && (table.error().code == ErrorCode::unauthenticated ||
                     table.error().code == ErrorCode::cancelled)) {
        co_return std::move(table).error().context("looking up roles");
      }
      if (table) collect_names(*table, resolved.names);
      tables.emplace(pair, std::move(table));
    }
    const Result<RoleTable>& table = tables.at(pair);
    if (table) {
      resolved.grants.push_back({&grant, resolve(grant, *table, pair, held)});
    } else if (has_crns_only(grant)) {
      // Private endpoints serve no look-up: there CRNs are taken as they are, and IAM judges.
      resolved.grants.push_back({&grant, RoleSet(grant.roles.begin(), grant.roles.end())});
    } else {
      Error error = table.error();
      Result<RoleSet> failed = std::move(error).context("looking up roles");
      resolved.grants.push_back({&grant, std::move(failed)});
    }
  }
  co_return resolved;
}

}  // namespace authzd
