// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs several jobs of one kind in parallel; all of them have ended when the call returns.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>

namespace authzd {

/// Performs one job, by its number.
using NumberedJob = std::function<boost::asio::awaitable<void>(std::size_t)>;

/// Runs `job` for 0 to `count` - 1, in that order and at most `most` (≥ 1) at a time. An exception
/// of a job is rethrown once all have ended; cancellation reaches all running jobs, and begins
/// none.
boost::asio::awaitable<void> together(std::size_t count, std::size_t most, NumberedJob job);

}  // namespace authzd
