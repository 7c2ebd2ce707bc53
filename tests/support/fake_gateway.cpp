// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/fake_gateway.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace authzd::test {
namespace {

using Kind = Fault::Kind;

Error lost_reply() {
  Error error{ErrorCode::unavailable, "the connection was reset"};
  error.detail.may_have_happened = true;
  return error;
}

std::optional<Error> error_before(const Fault& fault) {
  if (fault.kind == Kind::refused) return fault.error;
  if (fault.kind == Kind::lost_before) return lost_reply();
  return std::nullopt;
}

Fault make(Kind kind) {
  Fault fault;
  fault.kind = kind;
  return fault;
}

}  // namespace

Fault refused(Error error) {
  Fault fault = make(Kind::refused);
  fault.error = std::move(error);
  return fault;
}

Fault lost_before() {
  return make(Kind::lost_before);
}

Fault lost_after() {
  return make(Kind::lost_after);
}

Fault no_etag() {
  return make(Kind::no_etag);
}

Fault lagging(std::size_t behind) {
  Fault fault;
  fault.behind = behind;
  return fault;
}

FakeGateway::FakeGateway(AccountId account, IamId who)
    : iam(std::move(account)), who_(std::move(who)) {}

std::size_t FakeGateway::write_count() const {
  return call_count("POST") + call_count("PUT") + call_count("DELETE") + call_count("PATCH");
}

std::size_t FakeGateway::call_count(const std::string& name) const {
  const auto fits = [&](const std::string& call) { return call.substr(0, call.find(' ')) == name; };
  return static_cast<std::size_t>(std::ranges::count_if(calls, fits));
}

/// Records the call and yields, like a network request.
boost::asio::awaitable<Fault> FakeGateway::begin(std::string name, std::string argument) {
  calls.push_back(argument.empty() ? name : name + " " + argument);
  if (before_call) before_call(calls.back());
  most_at_once_ = std::max(most_at_once_, ++under_way_);
  const auto executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, boost::asio::use_awaitable);
  --under_way_;
  auto& scripted = faults[name];
  if (scripted.empty()) co_return Fault{};
  Fault fault = std::move(scripted.front());
  scripted.pop_front();
  co_return fault;
}

Result<Written> FakeGateway::end(const Fault& fault, Result<Versioned> stored) {
  if (fault.kind == Kind::lost_after) return lost_reply();
  if (!stored) return std::move(stored).error();
  if (fault.kind == Kind::no_etag) stored->etag = Etag{};
  return Written{std::move(*stored), "transaction-" + std::to_string(++transactions_)};
}

Async<TokenIdentity> FakeGateway::identity() {
  const Fault fault = co_await begin("IDENTITY", "");
  if (auto error = error_before(fault)) co_return std::move(*error);
  co_return TokenIdentity{who_, iam.account()};
}

Async<Listing> FakeGateway::list() {
  const Fault fault = co_await begin("LIST", "");
  if (auto error = error_before(fault)) co_return std::move(*error);
  Listing listing;
  listing.policies = iam.list(fault.behind);
  listing.server_date = server_date;
  listing.has_last_permit = true;
  co_return listing;
}

Async<Versioned> FakeGateway::get(PolicyId id) {
  const Fault fault = co_await begin("GET", id.value);
  if (auto error = error_before(fault)) co_return std::move(*error);
  auto read = iam.get(id, fault.behind);
  if (read && fault.kind == Kind::no_etag) read->etag = Etag{};
  co_return read;
}

Async<RoleTable> FakeGateway::roles(RoleQuery pair) {
  const Fault fault = co_await begin("ROLES", pair.source_service + "," + pair.target_service);
  if (auto error = error_before(fault)) co_return std::move(*error);
  co_return role_tables[pair];
}

void FakeGateway::forget_roles(const RoleQuery& pair) {
  calls.push_back("FORGET " + pair.source_service + "," + pair.target_service);
}

Async<Written> FakeGateway::create(PolicyContent content) {
  const Fault fault = co_await begin("POST", "");
  if (auto error = error_before(fault)) co_return std::move(*error);
  co_return end(fault, iam.create(content, who_));
}

Async<Written> FakeGateway::replace(PolicyId id,
                                    PolicyContent content,
                                    Etag etag,
                                    PolicyLayout /*layout*/) {
  const Fault fault = co_await begin("PUT", id.value);
  if (auto error = error_before(fault)) co_return std::move(*error);
  co_return end(fault, iam.replace(id, content, etag, who_));
}

Async<std::string> FakeGateway::remove(PolicyId id) {
  const Fault fault = co_await begin("DELETE", id.value);
  if (auto error = error_before(fault)) co_return std::move(*error);
  auto done = end(fault, iam.remove(id, who_));
  if (!done) co_return std::move(done).error();
  co_return done->transaction_id;
}

Async<Written> FakeGateway::restore(PolicyId id, Etag etag) {
  const Fault fault = co_await begin("PATCH", id.value);
  if (auto error = error_before(fault)) co_return std::move(*error);
  co_return end(fault, iam.restore(id, etag, who_));
}

}  // namespace authzd::test
