// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/deadline.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace authzd::deadline_detail {

boost::asio::awaitable<void> expiry(std::chrono::milliseconds limit) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, limit);
  co_await timer.async_wait(kTuple);
}

void throw_aborted() {
  throw boost::system::system_error(boost::asio::error::operation_aborted);
}

}  // namespace authzd::deadline_detail
