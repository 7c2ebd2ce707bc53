// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A time limit around an operation: the only place that writes `||`. A bare `operation || timer`
// would swallow an exception of the operation and call it a timeout; this one lets it through.
#pragma once

#include "daemon/net/async.hpp"
#include "reconciler/base/time.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace authzd {

namespace deadline_detail {

template <class T>
struct Outcome {
  std::optional<Result<T>> result;
  std::exception_ptr thrown;
};

template <class T>
boost::asio::awaitable<Outcome<T>> no_throw(Async<T> operation) {
  Outcome<T> outcome;
  try {
    outcome.result.emplace(co_await std::move(operation));
  } catch (...) {
    outcome.thrown = std::current_exception();
  }
  co_return outcome;
}

boost::asio::awaitable<void> expiry(std::chrono::milliseconds limit);
[[noreturn]] void throw_aborted();

}  // namespace deadline_detail

/// Runs `operation` for at most `limit`, then cancels it and waits until it has let go.
/// Errors: those of the operation; timeout, "<doing>: no end within 5s".
/// Cancellation: passes through to the operation, and unwinds.
template <class T>
Async<T> with_deadline(Async<T> operation, std::chrono::milliseconds limit, std::string doing) {
  using boost::asio::experimental::awaitable_operators::operator||;
  namespace detail = deadline_detail;

  auto first = co_await (detail::no_throw(std::move(operation)) || detail::expiry(limit));
  if (first.index() == 0) {
    auto& outcome = std::get<0>(first);
    if (outcome.thrown) std::rethrow_exception(outcome.thrown);
    co_return std::move(*outcome.result);
  }
  const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != boost::asio::cancellation_type::none) detail::throw_aborted();
  co_return Error{ErrorCode::timeout, doing + ": no end within " + to_string(limit)};
}

}  // namespace authzd
