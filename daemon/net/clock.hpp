// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Time and randomness as interfaces: tests pass ones that they control.
#pragma once

#include "reconciler/base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace authzd {

class Clock {
 public:
  virtual ~Clock() = default;

  /// The time of day, for display and for comparison with IAM's times.
  virtual Timestamp now() const = 0;

  /// For durations: never jumps.
  virtual std::chrono::steady_clock::time_point ticks() const = 0;

  /// Returns after `duration`; a negative one returns at once. Cancellation: ends early, and the
  /// caller's next co_await unwinds.
  virtual boost::asio::awaitable<void> sleep(std::chrono::milliseconds duration) = 0;
};

class Randomness {
 public:
  virtual ~Randomness() = default;
  virtual double next01() = 0;                      // uniform in [0, 1)
  virtual std::string hex(std::size_t digits) = 0;  // for ids: run, transaction
};

}  // namespace authzd
