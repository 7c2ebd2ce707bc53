// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Async<T>: a coroutine that ends in a Result<T>; and several coroutines in parallel. Errors are
// values; cancellation is not an error but an unwinding: after a terminal cancel the next co_await
// throws system_error(operation_aborted), which only the supervisor catches.
#pragma once

#include "reconciler/base/result.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <exception>
#include <functional>

namespace authzd {

template <class T>
using Async = boost::asio::awaitable<Result<T>>;

/// Completion token: `auto [ec, n] = co_await socket.async_read_some(buffer, kTuple);`
inline constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

/// Starts the unwinding if a cancellation was noticed without a co_await that throws.
[[noreturn]] void throw_cancelled();

/// Whether `thrown` is the unwinding of a cancellation, and not a fault.
bool is_cancellation(const std::exception_ptr& thrown);

/// Performs one job, by its number.
using NumberedJob = std::function<boost::asio::awaitable<void>(std::size_t)>;

/// Runs `job` for 0 to `count` - 1, in that order and at most `most` (≥ 1) at a time. An exception
/// of a job is rethrown once all have ended; cancellation reaches all running jobs, and begins
/// none.
boost::asio::awaitable<void> together(std::size_t count, std::size_t most, NumberedJob job);

}  // namespace authzd
