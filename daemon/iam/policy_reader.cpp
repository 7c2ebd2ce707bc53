// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/policy_reader.hpp"

#include "daemon/iam/paging.hpp"
#include "daemon/iam/policy_codec.hpp"
#include "daemon/iam/reply.hpp"

#include <utility>

namespace authzd {
namespace {

constexpr std::chrono::hours kRolesLife(24);

}  // namespace

HttpPolicyReader::HttpPolicyReader(std::shared_ptr<Session> session,
                                   AccountId account,
                                   std::size_t page_size)
    : session_(std::move(session)), account_(std::move(account)), page_size_(page_size) {}

Async<TokenIdentity> HttpPolicyReader::identity() {
  Result<Bearer> bearer = co_await session_->token();
  if (!bearer) co_return std::move(bearer).error();
  TokenIdentity identity{bearer->claims.iam_id, bearer->claims.account};
  if (identity.account.empty()) {
    co_return Error{ErrorCode::bad_response, "the token does not say which account it is for"};
  }
  co_return identity;
}

Async<Listing> HttpPolicyReader::list() {
  Result<Listing> listing = co_await list_pages(ask_last_permit_);
  const bool refused = !listing && listing.error().code == ErrorCode::rejected;
  if (refused && ask_last_permit_) {
    listing = co_await list_pages(false);
    if (listing) ask_last_permit_ = false;
  }
  if (!listing) co_return std::move(listing).error().context("listing the policies");
  co_return listing;
}

Async<Listing> HttpPolicyReader::list_pages(bool with_last_permit) {
  std::string target = "/v2/policies?account_id=" + url_encode(account_.value);
  target += "&type=authorization";
  if (with_last_permit) target += "&format=include_last_permit";
  if (page_size_ > 0) target += "&limit=" + std::to_string(page_size_);

  Listing listing;
  listing.has_last_permit = with_last_permit;
  PageCollector pages;
  ApiCall call{"GET", target};
  for (;;) {
    Result<WireReply> reply = co_await session_->call(call);
    if (!reply) co_return std::move(reply).error();
    listing.server_date = parse_http_date(find_header(reply->response.headers, "Date"));
    Result<PolicyPage> page = decode_policy_page(reply->response.body);
    if (!page) co_return with_reply(std::move(page).error(), *reply);
    warn_of(page->unreadable);
    Result<std::string> next = pages.add(*std::move(page));
    if (!next) co_return with_reply(std::move(next).error(), *reply);
    if (next->empty()) break;
    call.target = target + "&start=" + url_encode(*next);
  }
  listing.policies = pages.take();
  co_return listing;
}

/// Once for each: a list is read every minute.
void HttpPolicyReader::warn_of(const std::vector<std::string>& unreadable) {
  for (const std::string& what : unreadable) {
    if (!warned_of_.insert(what).second) continue;
    session_->log().warning(
        "a policy is left out: this version cannot read it, and it has no marker of authzd",
        {{"policy", what}});
  }
}

Async<Versioned> HttpPolicyReader::get(PolicyId id) {
  ApiCall call{"GET", "/v2/policies/" + url_encode(id.value)};
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

Async<RoleTable> HttpPolicyReader::roles(RoleQuery pair) {
  const auto now = session_->clock().ticks();
  const auto cached = cached_.find(pair);
  if (cached != cached_.end() && now < cached->second.until) co_return cached->second.table;

  std::string target = "/v2/roles?account_id=" + url_encode(account_.value);
  target += pair.target_group.empty() ? "&service_name=" + url_encode(pair.target_service)
                                      : "&service_group_id=" + url_encode(pair.target_group);
  target += "&source_service_name=" + url_encode(pair.source_service);
  target += "&policy_type=authorization";
  const std::string doing =
      "looking up the roles that " + pair.source_service + " may have on " +
      (pair.target_group.empty() ? pair.target_service : "the group " + pair.target_group);
  ApiCall call{"GET", std::move(target)};
  Result<WireReply> reply = co_await session_->call(std::move(call));
  if (!reply) co_return std::move(reply).error().context(doing);
  Result<RoleTable> table = decode_roles(reply->response.body);
  if (!table) co_return with_reply(std::move(table).error(), *reply).context(doing);
  if (!table->empty()) cached_.insert_or_assign(pair, CachedRoles{*table, now + kRolesLife});
  co_return table;
}

}  // namespace authzd
