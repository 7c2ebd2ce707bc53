// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/fleet/rough_gateway.hpp"

#include <array>
#include <utility>

namespace authzd::test {
namespace {

Error lost_reply() {
  Error error{ErrorCode::unavailable, "the connection was reset"};
  error.detail.may_have_happened = true;
  return error;
}

Error some_refusal(Rng& rng) {
  constexpr std::array kCodes = {ErrorCode::unavailable,
                                 ErrorCode::rate_limited,
                                 ErrorCode::rejected,
                                 ErrorCode::forbidden,
                                 ErrorCode::quota_exceeded};
  return {kCodes[rng() % kCodes.size()], "IAM does not like it"};
}

}  // namespace

/// Takes some time, in which others act, and may end the process or the call.
boost::asio::awaitable<std::optional<Error>> RoughGateway::set_out() {
  if (around_.is_dead) throw Killed();
  co_await around_.clock.sleep(std::chrono::milliseconds(around_.rng() % 40));
  die_by_chance();
  if (chance(around_.rng, around_.storm.meddling)) around_.meddle();
  if (chance(around_.rng, around_.storm.refused)) co_return some_refusal(around_.rng);
  if (chance(around_.rng, around_.storm.lost_before)) co_return lost_reply();
  co_return std::nullopt;
}

void RoughGateway::die_by_chance() {
  if (chance(around_.rng, around_.storm.kill)) around_.is_dead = true;
  if (around_.is_dead) throw Killed();
}

std::size_t RoughGateway::behind() {
  return chance(around_.rng, around_.storm.lag) ? 1 + around_.rng() % 3 : 0;
}

Observed RoughGateway::as_shown(Observed policy) const {
  if (around_.bug == Bug::takes_all_for_its_own) {
    policy.last_modified_by = around_.who;
    around_.witness.claim(policy.content.description);
  }
  if (around_.bug == Bug::sees_ghosts) policy.content.roles.insert("crn:of:a::::role:Ghost");
  return policy;
}

Result<Written> RoughGateway::come_back(const std::string& verb, Result<Versioned> stored) {
  if (stored) around_.witness.did(verb, stored->policy);
  die_by_chance();
  if (chance(around_.rng, around_.storm.lost_after)) return lost_reply();
  if (!stored) return std::move(stored).error();
  if (chance(around_.rng, around_.storm.no_etag)) stored->etag = Etag{};
  return Written{std::move(*stored), "transaction"};
}

Async<TokenIdentity> RoughGateway::identity() {
  if (auto error = co_await set_out()) co_return std::move(*error);
  co_return TokenIdentity{around_.who, around_.iam.account()};
}

Async<Listing> RoughGateway::list() {
  if (auto error = co_await set_out()) co_return std::move(*error);
  Listing listing;
  for (Observed& policy : around_.iam.list(behind())) {
    around_.witness.listed(policy);
    listing.policies.own().push_back(as_shown(std::move(policy)));
  }
  listing.server_date = around_.clock.now();
  listing.has_last_permit = true;
  co_return listing;
}

Async<Versioned> RoughGateway::get(PolicyId id) {
  if (auto error = co_await set_out()) co_return std::move(*error);
  auto read = around_.iam.get(id, behind());
  if (!read) co_return read;
  around_.witness.shown(read->policy);
  read->policy = as_shown(std::move(read->policy));
  if (chance(around_.rng, around_.storm.no_etag)) read->etag = Etag{};
  co_return read;
}

Async<RoleTable> RoughGateway::roles(RoleQuery) {
  if (auto error = co_await set_out()) co_return std::move(*error);
  RoleTable table;
  for (const char* name : {"Reader", "Writer", "Manager"}) {
    table.service.push_back(
        {"crn:v1:bluemix:public:iam::::serviceRole:" + std::string(name), name});
  }
  co_return table;
}

Async<Written> RoughGateway::create(PolicyContent content) {
  if (auto error = co_await set_out()) co_return std::move(*error);
  around_.witness.sends("POST", {}, &content);
  co_return come_back("POST", around_.iam.create(content, around_.who));
}

Async<Written> RoughGateway::replace(PolicyId id,
                                     PolicyContent content,
                                     Etag etag,
                                     PolicyLayout /*layout*/) {
  if (auto error = co_await set_out()) co_return std::move(*error);
  around_.witness.sends("PUT", id, &content);
  co_return come_back("PUT", around_.iam.replace(id, content, etag, around_.who));
}

Async<std::string> RoughGateway::remove(PolicyId id) {
  if (auto error = co_await set_out()) co_return std::move(*error);
  around_.witness.sends("DELETE", id, nullptr);
  if (around_.bug == Bug::lies_about_deletes) co_return std::string("transaction");
  auto done = come_back("DELETE", around_.iam.remove(id, around_.who));
  if (!done) co_return std::move(done).error();
  co_return std::move(done->transaction_id);
}

Async<Written> RoughGateway::restore(PolicyId id, Etag etag) {
  if (auto error = co_await set_out()) co_return std::move(*error);
  around_.witness.sends("PATCH", id, nullptr);
  co_return come_back("PATCH", around_.iam.restore(id, etag, around_.who));
}

}  // namespace authzd::test
