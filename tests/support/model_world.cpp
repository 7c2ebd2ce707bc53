// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/model_world.hpp"

#include <algorithm>

namespace authzd::test {

AttributeSet subject_of(const std::string& service) {
  return {{.name = "accountId", .value = kAccount.value},
          {.name = "serviceName", .value = service}};
}

AttributeSet resource_of(const std::string& service) {
  return subject_of(service);
}

Key key_for(const std::string& source, const std::string& target) {
  return {kAccount, subject_of(source), resource_of(target)};
}

std::vector<ResolvedGrant> resolved(std::span<const WantedGrant> wanted) {
  std::vector<ResolvedGrant> grants;
  for (const WantedGrant& each : wanted) grants.push_back({&each.grant, each.roles});
  return grants;
}

WantedGrant wanted(const std::string& name,
                   const std::string& source,
                   const std::string& target,
                   RoleSet roles) {
  Grant grant;
  grant.name = name;
  grant.position = {name + ".yaml", 1, 1};
  grant.key = key_for(source, target);
  grant.subject = subject_of(source);
  grant.resource = resource_of(target);
  grant.roles.assign(roles.begin(), roles.end());
  return {std::move(grant), std::move(roles)};
}

Observed policy(const std::string& id,
                const std::string& source,
                const std::string& target,
                RoleSet roles) {
  Observed result;
  result.id = PolicyId(id);
  result.content.subject = subject_of(source);
  result.content.resource = resource_of(target);
  result.content.roles = std::move(roles);
  result.created_by = kPerson;
  result.last_modified_by = kPerson;
  result.last_modified_at = "2026-01-01T00:00:00.000Z";
  return result;
}

std::string marked(const std::string& name, const Key& key, bool is_protected) {
  return render_description("", Marker{"prod", name, key.hash12(), is_protected});
}

Observed ours(const std::string& id, const WantedGrant& grant) {
  Observed result = policy(id, "x", "y", *grant.roles);
  result.content.subject = grant.grant.subject;
  result.content.resource = grant.grant.resource;
  result.content.description = render_description(
      grant.grant.description.value_or(""),
      Marker{"prod", grant.grant.name, grant.grant.key.hash12(), grant.grant.is_protected});
  result.created_by = kUs;
  result.last_modified_by = kUs;
  return result;
}

Ownership prod() {
  return {.owner = "prod", .identities = {kUs}, .known = {}};
}

TrustedTime time_in_doubt() {
  return judge_time(Timestamp{}, std::nullopt, Timestamp{} - std::chrono::hours(1));
}

PlanOptions in_sync_mode() {
  PlanOptions options;
  options.time = trusted_at(Timestamp{});
  options.mode = Mode::sync;
  return options;
}

std::vector<Observed> perform(std::vector<Observed> policies, const Action& action) {
  const auto self = std::find_if(policies.begin(), policies.end(), [&](const Observed& p) {
    return p.id == action.id && p.state == PolicyState::active;
  });
  if (action.verb == Verb::remove) {
    if (self != policies.end()) self->state = PolicyState::deleted;
    return policies;
  }
  const bool is_taken = std::any_of(policies.begin(), policies.end(), [&](const Observed& p) {
    return p.state == PolicyState::active && p.id != action.id &&
           key_of(kAccount, p.content) == action.key;
  });
  if (is_taken) return policies;
  if (action.verb == Verb::update) {
    if (self == policies.end()) return policies;
    self->content = *action.after;
    self->last_modified_by = kUs;
    return policies;
  }
  const auto deleted = std::find_if(policies.begin(), policies.end(), [&](const Observed& p) {
    return p.id == action.id && p.state == PolicyState::deleted && p.content == action.after;
  });
  if (deleted != policies.end()) {
    deleted->state = PolicyState::active;
    return policies;
  }
  Observed made;
  made.id = PolicyId("made-" + std::to_string(policies.size()));
  made.content = *action.after;
  made.created_by = kUs;
  made.last_modified_by = kUs;
  policies.push_back(std::move(made));
  return policies;
}

std::vector<Observed> perform(std::vector<Observed> policies, std::span<const Action> actions) {
  for (const Action& action : actions) policies = perform(std::move(policies), action);
  return policies;
}

}  // namespace authzd::test
