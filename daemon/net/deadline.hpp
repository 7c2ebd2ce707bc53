// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A time limit around an operation. The operation runs in a coroutine of its own, because that is
// what can be cancelled apart from its caller. (`operation || timer` of Asio's awaitable operators
// would do so too, but calls an exception of the operation a timeout, and costs seconds of compile
// time in each file that uses it.)
#pragma once

#include "daemon/net/async.hpp"
#include "reconciler/base/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace authzd {

namespace deadline_detail {

/// Whether `operation` ended within `limit`. Either way it has ended.
boost::asio::awaitable<bool> ends_within(boost::asio::awaitable<void> operation,
                                         std::chrono::milliseconds limit);

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

}  // namespace authzd
