// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/async.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

namespace authzd {

void throw_cancelled() {
  throw boost::system::system_error(boost::asio::error::operation_aborted);
}

bool is_cancellation(const std::exception_ptr& thrown) {
  if (!thrown) return false;
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    return error.code() == boost::asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

namespace {

namespace asio = boost::asio;

asio::awaitable<void> take_jobs(std::size_t& next,  // coroutine-ref: together()'s
                                std::size_t count,
                                const NumberedJob& job) {  // coroutine-ref: together()'s
  while (next < count) co_await job(next++);
}

}  // namespace

asio::awaitable<void> together(std::size_t count, std::size_t most, NumberedJob job) {
  const auto executor = co_await asio::this_coro::executor;
  std::size_t next = 0;
  const auto start = [&] {
    return asio::co_spawn(executor, take_jobs(next, count, job), asio::deferred);
  };
  std::vector<decltype(start())> workers;
  const std::size_t size = std::min(count, std::max<std::size_t>(most, 1));
  for (std::size_t i = 0; i < size; ++i) workers.push_back(start());
  if (workers.empty()) co_return;
  auto group = asio::experimental::make_parallel_group(std::move(workers));
  const auto [order, thrown] =
      co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  for (const std::exception_ptr& each : thrown) {
    if (each) std::rethrow_exception(each);
  }
}

}  // namespace authzd
