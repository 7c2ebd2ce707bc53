// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/standing.hpp"

#include "reconciler/report/json_values.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace authzd {
namespace {

using report::Json;

constexpr int kStandingFormatVersion = 1;

using Scope = std::pair<AttributeSet, AttributeSet>;

/// Active policies by source and target, if a grant has the same.
std::map<Scope, const Observed*> holders_of(const std::map<Scope, const Observed*>& wanted,
                                            std::span<const Observed> observed) {
  std::map<Scope, const Observed*> found = wanted;
  for (const Observed& policy : observed) {
    if (policy.state != PolicyState::active) continue;
    const auto place = found.find({policy.content.subject, policy.content.resource});
    if (place != found.end() && place->second == nullptr) place->second = &policy;
  }
  return found;
}

PolicyContent content_of(const ResolvedGrant& wanted) {
  PolicyContent content{wanted.grant->subject, wanted.grant->resource, {}, {}};
  if (wanted.roles) content.roles = *wanted.roles;
  return content;
}

Standing judge(const ResolvedGrant& wanted, const Observed* holder) {
  if (!wanted.roles) return Standing::unresolved;
  if (holder == nullptr) return Standing::missing;
  const bool is_same = holder->content.roles == *wanted.roles && holder->content.extras.empty();
  return is_same ? Standing::granted : Standing::differs;
}

Json grant_json(const GrantStanding& grant) {
  return {{"grant", grant.what},
          {"state", to_string(grant.standing)},
          {"policyId", report::optional_text(grant.policy.value)},
          {"lastModifiedAt", report::optional_text(grant.changed_at)}};
}

Json account_json(const NamedStanding& one) {
  Json json{{"account", {{"id", one.account.value}, {"name", one.account_name}}},
            {"granted", one.progress.is_granted},
            {"settled", one.progress.is_settled},
            {"settlesAt", report::time_json(one.progress.settles_at)}};
  json["heldBy"] = Json::array();
  for (const std::string& hash : one.held_by) json["heldBy"].push_back(hash);
  json["grants"] = Json::array();
  for (const GrantStanding& grant : one.grants) json["grants"].push_back(grant_json(grant));
  return json;
}

}  // namespace

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::granted: return "granted";
    case Standing::missing: return "missing";
    case Standing::differs: return "differs";
    case Standing::unresolved: return "unresolved";
  }
  return "unknown";
}

std::vector<GrantStanding> standings_of(const AccountId& account,
                                        std::span<const ResolvedGrant> desired,
                                        std::span<const Observed> observed,
                                        const AuthorizationNames& names,
                                        const RoleNames& role_names) {
  const auto is_asked = [&names](const ResolvedGrant& wanted) {
    return names.empty() || names.contains(wanted.grant->name);
  };
  std::map<Scope, const Observed*> scopes;
  for (const ResolvedGrant& wanted : desired) {
    if (is_asked(wanted)) scopes.try_emplace({wanted.grant->subject, wanted.grant->resource});
  }
  const auto holders = holders_of(scopes, observed);
  std::vector<GrantStanding> standings;
  for (const ResolvedGrant& wanted : desired) {
    if (!is_asked(wanted)) continue;
    const Observed* holder = holders.at({wanted.grant->subject, wanted.grant->resource});
    GrantStanding one{wanted.grant->name,
                      grant_text(content_of(wanted), account, role_names),
                      judge(wanted, holder)};
    if (holder != nullptr) {
      one.policy = holder->id;
      one.changed_at = holder->last_modified_at;
    }
    standings.push_back(std::move(one));
  }
  return standings;
}

Progress progress_of(std::span<const GrantStanding> grants,
                     const TrustedTime& time,
                     std::chrono::milliseconds settle) {
  Progress progress;
  progress.is_granted = std::ranges::all_of(
      grants, [](const GrantStanding& grant) { return grant.standing == Standing::granted; });
  if (!progress.is_granted) return progress;
  for (const GrantStanding& grant : grants) {
    // A policy without a date in IAM may have been changed just now.
    const Timestamp changed = parse_rfc3339(grant.changed_at).value_or(time.now);
    progress.settles_at =
        std::max(progress.settles_at.value_or(changed + settle), changed + settle);
  }
  progress.is_settled = !progress.settles_at || time.has_passed(*progress.settles_at);
  if (progress.is_settled) progress.settles_at.reset();
  return progress;
}

std::vector<std::string> lacks_of(std::span<const GrantStanding> grants) {
  std::vector<std::string> lacks;
  for (const GrantStanding& grant : grants) {
    if (grant.standing == Standing::granted) continue;
    lacks.push_back(std::string(to_string(grant.standing)) + ": " + grant.what);
  }
  return lacks;
}

std::string standing_json(const std::string& name, std::span<const NamedStanding> accounts) {
  Json json{{"formatVersion", kStandingFormatVersion}, {"name", name}};
  json["accounts"] = Json::array();
  for (const NamedStanding& one : accounts) json["accounts"].push_back(account_json(one));
  return report::dump(json, 2) + "\n";
}

}  // namespace authzd
