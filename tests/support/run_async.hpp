// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs one coroutine to its end inside a test.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace authzd::test {

/// The result of `op`. Throws what it throws, and std::runtime_error if it hangs: nothing is left
/// to run and it has not ended.
template <class T>
T run(boost::asio::io_context& io, boost::asio::awaitable<T> op) {
  std::optional<T> value;
  std::exception_ptr thrown;
  bool has_ended = false;
  const auto on_end = [&](std::exception_ptr error, T result) {
    has_ended = true;
    thrown = std::move(error);
    if (!thrown) value.emplace(std::move(result));
  };
  boost::asio::co_spawn(io, std::move(op), on_end);
  io.restart();
  io.run();
  if (!has_ended) throw std::runtime_error("the operation waits for something that never comes");
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*value);
}

}  // namespace authzd::test
