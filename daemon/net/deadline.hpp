// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What ends an operation from outside: a time limit, or a stop. The operation runs in a coroutine
// of its own, because that is what can be cancelled apart from its caller. (`operation || timer` of
// Asio's awaitable operators would do so too, but calls an exception of the operation a timeout,
// and costs seconds of compile time in each file that uses it.)
#pragma once

#include "daemon/net/async.hpp"
#include "reconciler/base/time.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace authzd {

namespace deadline_detail {

/// Whether `operation` ended by itself. Either way it has ended.
boost::asio::awaitable<bool> ends_within(boost::asio::awaitable<void> operation,
                                         std::chrono::milliseconds limit);
boost::asio::awaitable<bool> ends_before(boost::asio::awaitable<void> operation,
                                         std::stop_token stop);

template <class T>
boost::asio::awaitable<void> keep(Async<T> operation,
                                  std::optional<Result<T>>& result) {  // outlives this
  result.emplace(co_await std::move(operation));
}

}  // namespace deadline_detail

/// Runs `operation` for at most `limit`, then cancels it and waits until it has let go.
/// Errors: those of the operation; timeout, "<doing>: no end within 5s".
/// Cancellation: passes through to the operation, waits until it has let go, and unwinds.
template <class T>
Async<T> with_deadline(Async<T> operation, std::chrono::milliseconds limit, std::string doing) {
  std::optional<Result<T>> result;
  auto kept = deadline_detail::keep(std::move(operation), result);
  if (co_await deadline_detail::ends_within(std::move(kept), limit)) co_return std::move(*result);
  co_return Error{ErrorCode::timeout, doing + ": no end within " + to_string(limit)};
}

/// Runs `operation` until a stop is requested, on this thread: then it is cancelled and awaited.
/// For what only reads, and so can be left at any point. Errors: those of the operation; cancelled.
/// Cancellation: as with_deadline.
template <class T>
Async<T> until_stopped(std::stop_token stop, Async<T> operation) {
  std::optional<Result<T>> result;
  auto kept = deadline_detail::keep(std::move(operation), result);
  if (co_await deadline_detail::ends_before(std::move(kept), stop)) co_return std::move(*result);
  co_return Error{ErrorCode::cancelled, "stopped before anything was written"};
}

}  // namespace authzd
