// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Notifies the service manager (systemd) about this process: sd_notify(3) over $NOTIFY_SOCKET.
// Without that variable every call does nothing. A failure to send is ignored: the manager acts on
// the missing message.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

class ServiceManager {
 public:
  /// Reads the address and the watchdog's limit from the current environment.
  ServiceManager();

  /// Start-up, or a reload, is complete.
  void ready();

  /// The line that `systemctl status` shows. An unchanged line is not sent again.
  void status(std::string_view line);

  /// A reload has started; ready() ends it.
  void reloading();

  /// The process is about to end, after the writes in progress.
  void stopping();

  /// How long the manager waits for a keep-alive; none: there is no watchdog.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_limit() const { return limit_; }

  /// Sends a keep-alive twice in each limit, on the caller's event loop, until cancelled; so a
  /// hanging loop sends none. Returns at once without a watchdog.
  boost::asio::awaitable<void> feed_watchdog();

 private:
  std::optional<std::chrono::microseconds> limit_;
  std::string status_;
};

}  // namespace authzd
