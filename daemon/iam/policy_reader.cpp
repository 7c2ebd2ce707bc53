// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/policy_reader.hpp"

#include "daemon/iam/instance_codec.hpp"
#include "daemon/iam/policy_codec.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <iterator>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::chrono::minutes kFoundLife(10);
constexpr std::chrono::minutes kNoneLife(1);
constexpr std::size_t kMostKept = 1'000;         // names
constexpr std::size_t kPageSize = 100;           // IBM's own default
constexpr std::size_t kMostInstancePages = 200;  // per look-up
constexpr std::size_t kMostInstances = 20'000;   // the same
// A page with all its attempts, and a whole look-up: the rest is looked up in the next cycle.
constexpr std::chrono::seconds kPatience(30);
constexpr std::chrono::seconds kPatienceForAll(60);

Error endless_instances(const std::string& why) {
  return {ErrorCode::bad_response, "the list of instances " + why};
}

Error too_slow(std::size_t pages) {
  return {ErrorCode::timeout,
          "the list of instances did not end within " +
              std::to_string(kPatienceForAll / std::chrono::seconds(1)) +
              " s: " + count_of(pages, "page", "pages") + " so far"};
}

}  // namespace

Async<std::vector<Instance>> InstanceReader::find(std::string name) {
  const auto now = session_->clock().ticks();
  const auto kept = found_.find(name);
  if (kept != found_.end() && now < kept->second.until) co_return kept->second.instances;
  found_.erase(name);
  auto read_now = co_await read(name);
  if (!read_now) co_return std::move(read_now).error();
  if (found_.size() >= kMostKept) found_.clear();
  const std::chrono::minutes life = read_now->empty() ? kNoneLife : kFoundLife;
  found_.insert_or_assign(std::move(name), Found{*read_now, now + life});
  co_return read_now;
}

Async<std::vector<Instance>> InstanceReader::read(std::string name) {
  const std::string path = "/v2/resource_instances?";
  std::string query = "limit=" + std::to_string(kPageSize);
  if (!name.empty()) query += "&name=" + percent_encoded(name);
  std::vector<Instance> all;
  std::set<std::string> seen;
  const auto until = session_->clock().ticks() + kPatienceForAll;
  while (!query.empty()) {
    if (session_->clock().ticks() >= until) co_return too_slow(seen.size());
    if (!seen.insert(query).second) co_return endless_instances("leads to the same page again");
    if (seen.size() > kMostInstancePages || all.size() > kMostInstances) {
      co_return endless_instances("has no end: " + count_of(all.size(), "instance", "instances") +
                                  " in " + count_of(seen.size() - 1, "page", "pages") + " so far");
    }
    ApiCall call{"GET", path + query, Purpose::instances};
    call.longest = kPatience;
    Result<WireReply> reply = co_await session_->call(std::move(call));
    if (!reply) co_return std::move(reply).error();
    Result<InstancePage> page = decode_instances(reply->response.body);
    if (!page) co_return with_reply(std::move(page).error(), *reply);
    // Whether the server compares whole names is not documented.
    std::erase_if(page->instances,
                  [&name](const Instance& one) { return !name.empty() && one.name != name; });
    all.insert(all.end(),
               std::make_move_iterator(page->instances.begin()),
               std::make_move_iterator(page->instances.end()));
    query = std::move(page->next);
  }
  co_return all;
}

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
