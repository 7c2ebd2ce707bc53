// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Several jobs of one kind at a time, all of which have ended when the call returns.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>

namespace authzd {

/// Does a piece of work, by its number.
using NumberedJob = std::function<boost::asio::awaitable<void>(std::size_t)>;

/// Runs `job` for 0 to `count` - 1, in that order and at most `most` (≥ 1) at a time. What a job
/// throws is thrown once all have ended; cancellation reaches every job under way, and begins none.
boost::asio::awaitable<void> together(std::size_t count, std::size_t most, NumberedJob job);

}  // namespace authzd
