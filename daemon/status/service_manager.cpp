// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/service_manager.hpp"

#include "daemon/net/async.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdint>
#include <ctime>
#include <systemd/sd-daemon.h>

namespace authzd {
namespace {

void tell(const std::string& message) {
  sd_notify(0, message.c_str());
}

/// The clock of the manager for the start of a reload.
std::uint64_t monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000U;
}

}  // namespace

ServiceManager::ServiceManager() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) > 0) limit_ = std::chrono::microseconds(microseconds);
}

void ServiceManager::ready() {
  tell("READY=1");
}

void ServiceManager::status(std::string_view line) {
  std::string text = printable(line);  // a newline would begin another message
  if (text == status_) return;
  status_ = std::move(text);
  tell("STATUS=" + status_);
}

void ServiceManager::reloading() {
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds()));
}

void ServiceManager::stopping() {
  tell("STOPPING=1");
}

boost::asio::awaitable<void> ServiceManager::feed_watchdog() {
  if (!limit_) co_return;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  while (true) {
    tell("WATCHDOG=1");
    timer.expires_after(*limit_ / 2);
    const auto [ec] = co_await timer.async_wait(kTuple);
    if (ec) co_return;
  }
}

}  // namespace authzd
