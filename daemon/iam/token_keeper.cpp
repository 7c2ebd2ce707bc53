// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/token_keeper.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

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

TokenKeeper::TokenKeeper(std::unique_ptr<TokenSource> source, Clock& clock, Log log)
    : source_(std::move(source)), clock_(clock), log_(std::move(log)) {}

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

}  // namespace authzd
