// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Ends an operation from outside: at a time limit, or at a stop. The operation runs in its own
// coroutine, as only that can be cancelled apart from its caller. (`operation
// timer` of Asio's awaitable operators would do so too, but turns an exception of the operation
// into a timeout, and costs seconds of compile time in each file that uses it.)
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
                                         std::stop_token stop,
                                         std::chrono::milliseconds grace);

/// Runs `operation` to its end; a cancellation of the waiter does not reach it.
boost::asio::awaitable<void> run_shielded(boost::asio::awaitable<void> operation);

template <class T>
boost::asio::awaitable<void> keep(Async<T> operation,
                                  std::optional<Result<T>>& result) {  // outlives this
  result.emplace(co_await std::move(operation));
}

}  // namespace deadline_detail

/// Runs `operation` for at most `limit`, then cancels it and waits for its end.
/// Errors: those of the operation; timeout, "<doing>: no end within 5s".
/// Cancellation: passes through to the operation, waits for its end, and unwinds.
template <class T>
Async<T> with_deadline(Async<T> operation, std::chrono::milliseconds limit, std::string doing) {
  std::optional<Result<T>> result;
  auto kept = deadline_detail::keep(std::move(operation), result);
  if (co_await deadline_detail::ends_within(std::move(kept), limit)) co_return std::move(*result);
  co_return Error{ErrorCode::timeout, doing + ": no end within " + to_string(limit)};
}

/// Runs `operation` until a stop is requested, on this thread, and for `grace` after it: then it is
/// cancelled and awaited. For operations that only read, and so can be abandoned at any point;
/// without any grace it is not begun after a stop. Errors: those of the operation; cancelled.
/// Cancellation: as with_deadline.
template <class T>
Async<T> until_stopped(std::stop_token stop,
                       Async<T> operation,
                       std::chrono::milliseconds grace = {}) {
  std::optional<Result<T>> result;
  auto kept = deadline_detail::keep(std::move(operation), result);
  const bool has_ended = co_await deadline_detail::ends_before(std::move(kept), stop, grace);
  if (has_ended) co_return std::move(*result);
  co_return Error{ErrorCode::cancelled, "stopped before anything was written"};
}

/// The same for an operation that may write, and that shields its write request (see shielded): the
/// result of a write is returned in spite of the stop.
template <class T>
Async<T> unless_stopped(std::stop_token stop, Async<T> operation) {
  std::optional<Result<T>> result;
  auto kept = deadline_detail::keep(std::move(operation), result);
  const std::chrono::milliseconds no_grace{0};
  const bool has_ended = co_await deadline_detail::ends_before(std::move(kept), stop, no_grace);
  if (has_ended || (result && (*result || result->error().detail.may_have_happened))) {
    co_return std::move(*result);
  }
  co_return Error{ErrorCode::cancelled, "stopped before anything was written"};
}

/// Runs `operation` to its end even if the caller is cancelled meanwhile; the caller's next
/// co_await unwinds then. For a request that changes something, once it is being sent.
template <class T>
Async<T> shielded(Async<T> operation) {
  std::optional<Result<T>> result;
  auto kept = deadline_detail::keep(std::move(operation), result);
  co_await deadline_detail::run_shielded(std::move(kept));
  co_return std::move(*result);
}

}  // namespace authzd
