// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/session.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace authzd {

/// A refresh in flight. The timer never fires; cancelling it wakes all waiters.
struct TokenKeeper::Refresh {
  explicit Refresh(const boost::asio::any_io_executor& executor)
      : done(executor, boost::asio::steady_timer::time_point::max()) {}

  boost::asio::steady_timer done;
  std::optional<Error> error;
};

/// Ends the refresh however its coroutine ends.
class TokenKeeper::Finish {
 public:
  Finish(TokenKeeper& keeper, std::shared_ptr<Refresh> refresh)
      : keeper_(keeper), refresh_(std::move(refresh)) {
    keeper_.refresh_ = refresh_;
  }
  Finish(const Finish&) = delete;
  Finish& operator=(const Finish&) = delete;
  ~Finish() {
    keeper_.refresh_.reset();
    refresh_->done.cancel();
  }

 private:
  TokenKeeper& keeper_;
  std::shared_ptr<Refresh> refresh_;
};

TokenKeeper::TokenKeeper(std::unique_ptr<TokenSource> source,
                         AccountId account,
                         Clock& clock,
                         Log log)
    : source_(std::move(source)),
      account_(std::move(account)),
      clock_(clock),
      log_(std::move(log)) {}

TokenKeeper::~TokenKeeper() = default;

Async<Bearer> TokenKeeper::get() {
  for (;;) {
    const auto now = clock_.ticks();
    const bool due = cache_.expired(now) || cache_.expiring_soon(now);
    if (due && !refresh_) co_return co_await refresh();
    if (!cache_.expired(now)) co_return cache_.bearer();

    const std::shared_ptr<Refresh> theirs = refresh_;
    co_await theirs->done.async_wait(kTuple);
    if (theirs->error) co_return *theirs->error;
  }
}

Async<Bearer> TokenKeeper::refresh() {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto refresh = std::make_shared<Refresh>(executor);
  const Finish finish(*this, refresh);
  const auto asked_at = clock_.ticks();
  Result<Token> token = co_await source_->fetch();
  if (token) {
    auto right = check(token->claims);
    if (!right) token = std::move(right).error();
  }
  if (token) {
    cache_.store(*std::move(token), asked_at);
    co_return cache_.bearer();
  }
  const auto now = clock_.ticks();
  if (cache_.expired(now)) {
    refresh->error = token.error();
    co_return std::move(token).error();
  }
  cache_.refresh_failed(now);
  log_.warning("no new token, going on with the old one", {{"error", to_string(token.error())}});
  co_return cache_.bearer();
}

Result<void> TokenKeeper::check(const TokenClaims& claims) const {
  if (account_.empty() || claims.account == account_) return {};
  return wrong_account(claims.account, account_);
}

namespace {

/// A call with a time limit does not spend more on retries.
RetryPolicy within(RetryPolicy policy, const ApiCall& call) {
  if (call.longest) policy.budget = std::min(policy.budget, *call.longest);
  return policy;
}

/// The final error if IAM asked for a pause each time.
Error given_up(Error error, int attempts) {
  if (error.code != ErrorCode::rate_limited) return error;
  if (attempts > 1) {
    error.message += "; it was asked " + std::to_string(attempts) + " times, with pauses between";
  } else if (error.detail.retry_after) {
    error.message += "; it wants no request for " + to_string(*error.detail.retry_after) +
                     ", longer than a call waits";
  }
  error.message +=
      ". Lower iam.requestsPerSecond, and see what else asks IAM with the same identity";
  return error;
}

}  // namespace

bool is_too_slow(const Error& error) {
  return error.code == ErrorCode::timeout || error.detail.http_status == 504;
}

Session::Session(Wire iam,
                 Wire resources,
                 std::shared_ptr<Pace> pace,
                 std::unique_ptr<TokenSource> source,
                 const SessionOptions& options,
                 Clock& clock,
                 Randomness& randomness)
    : iam_(std::move(iam)),
      resources_(std::move(resources)),
      pace_(std::move(pace)),
      tokens_(std::move(source), options.account, clock, options.log),
      retry_(options.retry),
      log_(options.log),
      kept_(options.resources),
      clock_(clock),
      randomness_(randomness) {}

Async<Bearer> Session::token() {
  Tries tries{clock_.ticks(), retry_};
  for (;;) {
    Result<Bearer> bearer = co_await tokens_.get();
    if (bearer) co_return bearer;
    const auto wait = wait_after(bearer.error(), Idempotency::safe, tries);
    if (!wait) co_return std::move(bearer).error().context("getting a token");
    co_await clock_.sleep(*wait);
  }
}

Async<WireReply> Session::call(ApiCall call) {
  Tries tries{clock_.ticks(), within(retry_, call)};
  bool renewed = false;
  for (;;) {
    Error error;
    Idempotency idempotency = Idempotency::safe;
    Result<Bearer> bearer = co_await tokens_.get();
    const bool has_token = bearer.has_value();
    if (has_token) {
      Result<WireReply> reply = co_await send(call, bearer->text, tries.begun);
      if (reply) co_return reply;
      error = std::move(reply).error();
      if (call.purpose == Purpose::write) idempotency = Idempotency::write;
      if (error.code == ErrorCode::unauthenticated && !std::exchange(renewed, true)) {
        tokens_.refuse(bearer->serial);
        continue;
      }
      if (call.leaves_timeouts && is_too_slow(error)) co_return error;
    } else {
      error = std::move(bearer).error().context("getting a token");
    }
    const auto wait = wait_after(error, idempotency, tries);
    if (has_token && error.code == ErrorCode::rate_limited) hold_all(error, wait, tries);
    if (!wait) co_return given_up(std::move(error), tries.failed);
    co_await clock_.sleep(*wait);
  }
}

Async<WireReply> Session::send(ApiCall call, Secret token, TokenBucket::Time begun) {
  HttpRequest request{call.method, std::move(call.target)};
  request.may_be_silent = call.may_be_silent;
  if (call.longest) {
    const auto spent = std::chrono::floor<std::chrono::milliseconds>(clock_.ticks() - begun);
    request.longest = std::max(std::chrono::milliseconds(0), *call.longest - spent);
  }
  request.headers.push_back(HttpHeader{"Authorization", "Bearer " + std::string(token.reveal())});
  // IBM's own clients send no Accept with a DELETE (iam-api §1); neither do we.
  if (call.method != "DELETE") request.headers.push_back(HttpHeader{"Accept", "application/json"});
  if (!call.body.empty()) {
    request.headers.push_back(HttpHeader{"Content-Type", "application/json"});
    request.body = std::move(call.body);
  }
  if (!call.etag.empty()) request.headers.push_back(HttpHeader{"If-Match", call.etag.value});
  Wire& wire = call.purpose == Purpose::instances ? resources_ : iam_;
  co_return co_await wire.send(std::move(request), call.purpose, std::move(token), call.also);
}

std::optional<std::chrono::milliseconds> Session::wait_after(const Error& error,
                                                             Idempotency idempotency,
                                                             Tries& tries) {
  Attempt attempt;
  attempt.number = ++tries.failed;
  attempt.elapsed = std::chrono::round<std::chrono::milliseconds>(clock_.ticks() - tries.begun);
  attempt.random01 = randomness_.next01();
  tries.unasked = backoff(tries.policy, attempt.number, attempt.random01);
  return next_retry(tries.policy, error, idempotency, attempt);
}

/// No other call of the account is sent before the retry of this one. (A 429 of the token endpoint
/// does not affect calls that have a token: it has its own pace.)
void Session::hold_all(const Error& error,
                       std::optional<std::chrono::milliseconds> wait,
                       const Tries& tries) {
  pace_->pause(wait.value_or(error.detail.retry_after.value_or(tries.unasked)));
}

}  // namespace authzd
