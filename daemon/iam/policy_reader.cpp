// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/policy_reader.hpp"

#include "daemon/iam/policy_codec.hpp"
#include "daemon/iam/reply.hpp"
#include "reconciler/base/encoding.hpp"

#include <utility>

namespace authzd {
namespace {

constexpr std::chrono::hours kRolesLife(24);
constexpr std::chrono::hours kNoRolesLife(1);
// Pairs of services. A revision may name as many as it has grants, and the next one different ones.
constexpr std::size_t kMostCached = 20'000;

/// IAM answers an unsupported pair with empty lists; a 404 comes from a gateway that does not have
/// the call (iam-api §1).
bool is_not_served(const Error& error) {
  return error.detail.http_status == 404;
}

Error no_look_ups(Error error) {
  error.message =
      "this endpoint does not look roles up, as private endpoints of IAM may not; write the roles "
      "as CRNs (crn:v1:…), which need no look-up, or use the public endpoint";
  return error;
}

}  // namespace

HttpPolicyReader::HttpPolicyReader(std::shared_ptr<Session> session, const ListingOptions& options)
    : session_(std::move(session)),
      account_(options.account),
      lister_(session_, options),
      instances_(session_) {}

Async<TokenIdentity> HttpPolicyReader::identity() {
  Result<Bearer> bearer = co_await session_->token();
  if (!bearer) co_return std::move(bearer).error();
  TokenIdentity identity{bearer->claims.iam_id, bearer->claims.account};
  if (identity.account.empty()) {
    co_return Error{ErrorCode::bad_response, "the token does not say which account it is for"};
  }
  co_return identity;
}

Async<Versioned> HttpPolicyReader::get(PolicyId id) {
  ApiCall call{"GET", "/v2/policies/" + percent_encoded(id.value)};
  Result<WireReply> reply = co_await session_->call(std::move(call));
  if (!reply) co_return std::move(reply).error().context("reading policy " + id.value);
  Result<Observed> policy = decode_policy(reply->response.body);
  if (policy && policy->id != id) {
    policy = Error{ErrorCode::bad_response, "the reply is another policy"};
  }
  if (!policy) {
    co_return with_reply(std::move(policy).error(), *reply).context("reading policy " + id.value);
  }
  co_return versioned(*std::move(policy), *reply);
}

std::optional<RoleTable> HttpPolicyReader::cached_roles(const RoleQuery& pair) const {
  const auto cached = cached_.find(pair);
  const bool is_current =
      cached != cached_.end() && session_->clock().ticks() < cached->second.until;
  return is_current ? std::optional(cached->second.table) : std::nullopt;
}

Async<RoleTable> HttpPolicyReader::roles(RoleQuery pair) {
  if (auto cached = cached_roles(pair)) co_return std::move(*cached);
  const auto now = session_->clock().ticks();
  const bool by_source = now >= ask_by_source_at_;
  Result<RoleTable> table = co_await look_up(pair, by_source);
  if (by_source && !table && is_not_served(table.error())) {
    const Error why = table.error();
    table = co_await look_up(pair, false);
    if (table) say_that_pairs_are_not_checked(why);
  } else if (by_source && table) {
    is_source_refused_ = false;
  }
  if (!table) {
    Error error = std::move(table).error();
    if (is_not_served(error)) error = no_look_ups(std::move(error));
    co_return std::move(error).context(
        "looking up the roles that " + pair.source_service + " may have on " +
        (pair.target_group.empty() ? pair.target_service : "the group " + pair.target_group));
  }
  if (cached_.size() >= kMostCached) cached_.clear();
  const auto life = table->empty() ? kNoRolesLife : kRolesLife;
  cached_.insert_or_assign(pair, CachedRoles{*table, now + life});
  co_return table;
}

Async<RoleTable> HttpPolicyReader::look_up(RoleQuery pair, bool with_source) {
  std::string target = "/v2/roles?account_id=" + percent_encoded(account_.value);
  target += pair.target_group.empty() ? "&service_name=" + percent_encoded(pair.target_service)
                                      : "&service_group_id=" + percent_encoded(pair.target_group);
  if (with_source) target += "&source_service_name=" + percent_encoded(pair.source_service);
  target += "&policy_type=authorization";
  ApiCall call{"GET", std::move(target)};
  Result<WireReply> reply = co_await session_->call(std::move(call));
  if (!reply) co_return std::move(reply).error();
  Result<RoleTable> table = decode_roles(reply->response.body);
  if (!table) co_return with_reply(std::move(table).error(), *reply);
  co_return table;
}

/// Once; then again as often as a table is reloaded anyway.
void HttpPolicyReader::say_that_pairs_are_not_checked(const Error& why) {
  ask_by_source_at_ = session_->clock().ticks() + kRolesLife;
  if (std::exchange(is_source_refused_, true)) return;
  session_->log().warning(
      "this endpoint does not look roles up by source service, as private endpoints of IAM do not: "
      "role names are sought among all roles of the target, and whether the pair of services may "
      "have them is left to IAM. Roles written as CRNs need no look-up",
      {{"error", to_string(why)}});
}

std::vector<Role> HttpPolicyReader::known_roles() const {
  std::vector<Role> roles;
  for (const auto& [pair, cached] : cached_) {
    for (const auto* group : {&cached.table.service, &cached.table.system, &cached.table.custom}) {
      roles.insert(roles.end(), group->begin(), group->end());
    }
  }
  return roles;
}

}  // namespace authzd
