// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A sleep that can be interrupted: by a poke, or by the end of the process.
#pragma once

#include "daemon/net/clock.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>

namespace authzd {

class Alarm {
 public:
  /// Returns after `duration`, or as soon as ring() is called; at once if it was called since the
  /// last wait. True: it rang. One waiter at a time.
  boost::asio::awaitable<bool> wait(Clock& clock,  // coroutine-ref: outlives the daemon's tasks
                                    std::chrono::milliseconds duration);

  void ring();

 private:
  boost::asio::cancellation_signal sleeping_;
  bool rung_ = false;
};

}  // namespace authzd
