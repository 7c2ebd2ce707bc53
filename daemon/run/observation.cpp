// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/observation.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

Error wrong_account(const AccountSpec& spec, const TokenIdentity& identity) {
  return {ErrorCode::forbidden,
          "the API key belongs to account " + identity.account.value +
              ", but the configured account is " + spec.id.value +
              "; nothing is read or written until they are the same"};
}

/// A policy made this lately may be unknown to the replica that answers (iam-api §6): 404 is not
/// yet news. A removal by another would show as state `deleted`.
bool is_new(const Observed& policy, Timestamp now, std::chrono::milliseconds settle) {
  const auto created = parse_rfc3339(policy.created_at);
  return created && now - *created < settle;
}

/// Puts what a read by id showed in the place of what the overlay assumed.
void settle(std::vector<Observed>& policies, const PolicyId& id, const Observed* read) {
  std::erase_if(policies, [&id](const Observed& policy) { return policy.id == id; });
  if (read != nullptr && read->state == PolicyState::active) policies.push_back(*read);
}

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

/// `policies` is the caller's, who awaits this.
Async<void> settle_by_reading(ReadingContext context,
                              std::vector<Observed>& policies,  // coroutine-ref: the awaiter's
                              PolicyId id) {
  const auto read = co_await context.reader.get(id);
  if (read) {
    settle(policies, id, &read->policy);
    co_return Result<void>{};
  }
  if (read.error().code != ErrorCode::not_found) {
    Error error = read.error();
    co_return std::move(error).context("reading policy " + id.value);
  }
  const auto assumed = std::find_if(
      policies.begin(), policies.end(), [&id](const Observed& policy) { return policy.id == id; });
  const bool lagging =
      assumed != policies.end() && is_new(*assumed, context.clock.now(), context.spec.settle);
  if (!lagging) settle(policies, id, nullptr);
  co_return Result<void>{};
}

}  // namespace

Async<Observation> observe(ReadingContext context) {
  auto identity = co_await context.reader.identity();
  if (!identity) co_return std::move(identity).error();
  if (identity->account != context.spec.id) co_return wrong_account(context.spec, *identity);

  auto listing = co_await context.reader.list();
  if (!listing) co_return std::move(listing).error().context("listing policies");

  const Timestamp now = context.clock.now();
  const auto writes = context.state.policies.own_writes(now - context.spec.settle);
  if (!writes) co_return writes.error();
  OverlayResult overlaid =
      overlay_own_writes(std::move(listing->policies), *writes, now, context.spec.settle);
  for (const PolicyId& id : overlaid.to_settle) {
    if (auto settled = co_await settle_by_reading(context, overlaid.policies, id); !settled) {
      co_return std::move(settled).error();
    }
  }
  std::sort(overlaid.policies.begin(), overlaid.policies.end(), [](const auto& a, const auto& b) {
    return a.id < b.id;
  });
  co_return Observation{std::move(*identity), std::move(overlaid.policies)};
}

Async<ResolvedRoles> resolve_roles(ReadingContext context, std::vector<Grant> grants) {
  ResolvedRoles resolved;
  std::map<RoleQuery, Result<RoleTable>> tables;
  for (Grant& grant : grants) {
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
      resolved.grants.push_back({std::move(grant), std::move(failed)});
      continue;
    }
    const RoleTable none;
    auto roles = resolve(grant, table == tables.end() ? none : *table->second, pair);
    resolved.grants.push_back({std::move(grant), std::move(roles)});
  }
  co_return resolved;
}

}  // namespace authzd
