// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/service/alarm.hpp"

#include "daemon/net/async.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace authzd {

namespace asio = boost::asio;

boost::asio::awaitable<bool> Alarm::wait(Clock& clock, std::chrono::milliseconds duration) {
  if (!rung_) {
    const auto executor = co_await asio::this_coro::executor;
    // The sleep has its own signal: both ring() and a cancellation of the waiter end it.
    const auto state = co_await asio::this_coro::cancellation_state;
    auto token = asio::bind_cancellation_slot(sleeping_.slot(), asio::use_awaitable);
    auto slot = state.slot();
    if (slot.is_connected()) {
      slot.assign([this](asio::cancellation_type type) { sleeping_.emit(type); });
    }
    co_await asio::co_spawn(executor, clock.sleep(duration), std::move(token));
  }
  co_return std::exchange(rung_, false);
}

void Alarm::ring() {
  rung_ = true;
  sleeping_.emit(asio::cancellation_type::terminal);
}

}  // namespace authzd
