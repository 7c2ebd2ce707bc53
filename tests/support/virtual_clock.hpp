// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Time and chance under a test's control: a sleep ends at once and moves the clock.
#pragma once

#include "daemon/net/clock.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace authzd::test {

/// Sleepers wake in the order in which they are to wake. A sleep that begins while others are
/// asleep counts from the time that has been reached.
class VirtualClock : public Clock {
 public:
  explicit VirtualClock(Timestamp start = Timestamp{std::chrono::milliseconds{1'800'000'000'000}});

  [[nodiscard]] Timestamp now() const override { return now_; }
  [[nodiscard]] std::chrono::steady_clock::time_point ticks() const override;
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds duration) override;

  void advance(std::chrono::milliseconds duration) { now_ += duration; }

  /// Every sleep that was asked for, in order.
  [[nodiscard]] const std::vector<std::chrono::milliseconds>& sleeps() const { return sleeps_; }
  void forget_sleeps() { sleeps_.clear(); }

 private:
  Timestamp start_;
  Timestamp now_;
  std::vector<Timestamp> asleep_;  // when each sleeper is to wake
  std::vector<std::chrono::milliseconds> sleeps_;
};

/// The same draws for the same seed.
class SeededRandomness : public Randomness {
 public:
  explicit SeededRandomness(std::uint64_t seed) : engine_(seed) {}

  double next01() override;
  std::string hex(std::size_t digits) override;

 private:
  std::mt19937_64 engine_;
};

}  // namespace authzd::test
