// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Runs an action on request, with a minimum gap: however often it is requested, the first run is
// soon, and the last request is followed by a run. For an action that is expensive.
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

  /// The action runs in run(), not here.
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
