// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Does something when asked to, and at most once in a while: however often it is asked, the first
// time is soon, and after the last time it is done once more. For what costs more than asking.
#pragma once

#include "daemon/net/clock.hpp"
#include "daemon/service/alarm.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <utility>

namespace authzd {

class Coalesced {
 public:
  /// `clock` must outlive this.
  Coalesced(Clock& clock, std::chrono::milliseconds gap, std::function<void()> action)
      : clock_(clock), gap_(gap), action_(std::move(action)) {}

  /// It is done by run(), not here.
  void ask() { asked_.ring(); }

  /// Runs until cancelled. This must outlive it.
  boost::asio::awaitable<void> run();

 private:
  Clock& clock_;
  std::chrono::milliseconds gap_;
  std::function<void()> action_;
  Alarm asked_;
};

}  // namespace authzd
