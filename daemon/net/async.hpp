// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Async<T>: a coroutine that ends in a Result<T>. Errors are values; cancellation is not an error
// but an unwinding: after a terminal cancel the next co_await throws
// system_error(operation_aborted), which only the supervisor catches.
#pragma once

#include "reconciler/base/result.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace authzd {

template <class T>
using Async = boost::asio::awaitable<Result<T>>;

/// Completion token: `auto [ec, n] = co_await socket.async_read_some(buffer, kTuple);`
inline constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

/// Starts the unwinding if a cancellation was noticed without a co_await that throws.
[[noreturn]] void throw_cancelled();

/// Whether `thrown` is the unwinding of a cancellation, and not a fault.
bool is_cancellation(const std::exception_ptr& thrown);

}  // namespace authzd
