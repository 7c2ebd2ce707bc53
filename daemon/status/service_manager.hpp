// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the service manager (systemd) is told about this process: sd_notify(3) over $NOTIFY_SOCKET.
// Without that variable there is nobody to tell, and every call does nothing. A message that cannot
// be sent is no failure of ours: whoever waits for it acts on its absence.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

class ServiceManager {
 public:
  /// Takes the address and the watchdog's limit from the environment, as they are now.
  ServiceManager();

  /// Start-up, or a reload, has come to its end.
  void ready();

  /// The line that `systemctl status` shows. One equal to the last is not sent again.
  void status(std::string_view line);

  /// A reload has begun; ready() ends it.
  void reloading();

  /// The process is about to end, after the writes under way.
  void stopping();

  /// How long the manager waits for a sign of life; nothing: it does not.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_limit() const { return limit_; }

  /// Gives a sign of life twice in each limit, on the event loop of the caller, until cancelled; so
  /// that a loop that hangs gives none. Returns at once where nobody waits for one.
  boost::asio::awaitable<void> feed_watchdog();

 private:
  std::optional<std::chrono::microseconds> limit_;
  std::string status_;
};

}  // namespace authzd
