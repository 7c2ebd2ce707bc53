// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/system_clock.hpp"

#include "daemon/net/async.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace authzd {

Timestamp SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::steady_clock::time_point SystemClock::ticks() const {
  return std::chrono::steady_clock::now();
}

boost::asio::awaitable<void> SystemClock::sleep(std::chrono::milliseconds duration) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
  co_await timer.async_wait(kTuple);
}

double SystemRandomness::next01() {
  return std::generate_canonical<double, 53>(device_);
}

std::string SystemRandomness::hex(std::size_t digits) {
  constexpr char kHex[] = "0123456789abcdef";
  std::uniform_int_distribution<std::size_t> any(0, 15);
  std::string text;
  for (std::size_t i = 0; i < digits; ++i) text += kHex[any(device_)];
  return text;
}

}  // namespace authzd
