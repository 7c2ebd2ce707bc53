// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/role_look_up.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace authzd {
namespace {

bool needs_look_up(const Grant& grant) {
  return std::any_of(grant.roles.begin(), grant.roles.end(), [](const std::string& role) {
    return !is_role_crn(role);
  });
}

Result<RoleSet> resolve(const Grant& grant, const RoleTable& table, const RoleQuery& pair) {
  RoleSet crns;
  for (const std::string& written : grant.roles) {
    auto crn = resolve_role(table, written, pair);
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

// The grants outlive the call: whoever awaits it holds their revision.
Async<ResolvedRoles> resolve_roles(ReadingContext context, std::span<const Grant> grants) {
  ResolvedRoles resolved;
  resolved.grants.reserve(grants.size());
  std::map<RoleQuery, Result<RoleTable>> tables;
  for (const Grant& grant : grants) {
    const RoleQuery pair = role_query(grant.subject, grant.resource);
    if (needs_look_up(grant) && !tables.contains(pair)) {
      auto table = co_await context.reader.roles(pair);
      if (!table && (table.error().code == ErrorCode::unauthenticated ||
                     table.error().code == ErrorCode::cancelled)) {
        co_return std::move(table).error().context("looking up roles");
      }
      if (table) collect_names(*table, resolved.names);
      tables.emplace(pair, std::move(table));
    }
    const auto table = tables.find(pair);
    if (table != tables.end() && !table->second) {
      Error error = table->second.error();
      Result<RoleSet> failed = std::move(error).context("looking up roles");
      resolved.grants.push_back({&grant, std::move(failed)});
      continue;
    }
    const RoleTable none;
    auto roles = resolve(grant, table == tables.end() ? none : *table->second, pair);
    resolved.grants.push_back({&grant, std::move(roles)});
  }
  co_return resolved;
}

}  // namespace authzd
