// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/session.hpp"

#include <utility>

namespace authzd {

Session::Session(Wire wire,
                 std::shared_ptr<Pace> pace,
                 std::unique_ptr<TokenSource> source,
                 const SessionOptions& options,
                 Clock& clock,
                 Randomness& randomness)
    : wire_(std::move(wire)),
      pace_(std::move(pace)),
      tokens_(std::move(source), clock, options.log),
      retry_(options.retry),
      log_(options.log),
      clock_(clock),
      randomness_(randomness) {}

Async<Bearer> Session::token() {
  Tries tries{clock_.ticks()};
  for (;;) {
    Result<Bearer> bearer = co_await tokens_.get();
    if (bearer) co_return bearer;
    const auto wait = wait_after(bearer.error(), Idempotency::safe, tries);
    if (!wait) co_return std::move(bearer).error().context("getting a token");
    co_await clock_.sleep(*wait);
  }
}

Async<WireReply> Session::call(ApiCall call) {
  Tries tries{clock_.ticks()};
  bool renewed = false;
  for (;;) {
    Error error;
    Idempotency idempotency = Idempotency::safe;
    Result<Bearer> bearer = co_await tokens_.get();
    if (bearer) {
      Result<WireReply> reply = co_await send(call, bearer->text);
      if (reply) co_return reply;
      error = std::move(reply).error();
      if (call.purpose == Purpose::write) idempotency = Idempotency::write;
      if (error.code == ErrorCode::unauthenticated && !std::exchange(renewed, true)) {
        tokens_.refuse(bearer->serial);
        continue;
      }
    } else {
      error = std::move(bearer).error().context("getting a token");
    }
    const auto wait = wait_after(error, idempotency, tries);
    if (!wait) co_return error;
    co_await clock_.sleep(*wait);
  }
}

Async<WireReply> Session::send(ApiCall call, Secret token) {
  HttpRequest request{call.method, std::move(call.target)};
  request.headers.push_back(HttpHeader{"Authorization", "Bearer " + std::string(token.reveal())});
  // IBM's own clients send no Accept with a DELETE (iam-api §1); neither do we.
  if (call.method != "DELETE") request.headers.push_back(HttpHeader{"Accept", "application/json"});
  if (!call.body.empty()) {
    request.headers.push_back(HttpHeader{"Content-Type", "application/json"});
    request.body = std::move(call.body);
  }
  if (!call.etag.empty()) request.headers.push_back(HttpHeader{"If-Match", call.etag.value});
  co_return co_await wire_.send(std::move(request), call.purpose, std::move(token));
}

std::optional<std::chrono::milliseconds> Session::wait_after(const Error& error,
                                                             Idempotency idempotency,
                                                             Tries& tries) {
  Attempt attempt;
  attempt.number = ++tries.failed;
  attempt.elapsed = std::chrono::round<std::chrono::milliseconds>(clock_.ticks() - tries.begun);
  attempt.random01 = randomness_.next01();
  const auto wait = next_retry(retry_, error, idempotency, attempt);
  if (error.code == ErrorCode::rate_limited) {
    const auto unasked = backoff(retry_, attempt.number, attempt.random01);
    pace_->pause(wait.value_or(error.detail.retry_after.value_or(unasked)));
  }
  return wait;
}

}  // namespace authzd
