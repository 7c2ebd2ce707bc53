// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Time and randomness under a test's control: a sleep ends at once and advances the clock.
#pragma once

#include "daemon/net/clock.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace authzd::test {

/// Sleepers wake in the order of their due times. A sleep that begins while others are asleep
/// counts from the time reached so far.
class VirtualClock : public Clock {
 public:
  explicit VirtualClock(Timestamp start = Timestamp{std::chrono::milliseconds{1'800'000'000'000}});

  [[nodiscard]] Timestamp now() const override { return now_; }
  [[nodiscard]] std::chrono::steady_clock::time_point ticks() const override;
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds duration) override;

  void advance(std::chrono::milliseconds duration) { now_ += duration; }

  /// Every requested sleep, in order.
  [[nodiscard]] const std::vector<std::chrono::milliseconds>& sleeps() const { return sleeps_; }
  void forget_sleeps() { sleeps_.clear(); }

 private:
  Timestamp start_;
  Timestamp now_;
  std::vector<Timestamp> asleep_;  // the due time of each sleeper
  std::vector<std::chrono::milliseconds> sleeps_;
};

/// Equal draws for equal seeds.
class SeededRandomness : public Randomness {
 public:
  explicit SeededRandomness(std::uint64_t seed) : engine_(seed) {}

  double next01() override;
  std::string hex(std::size_t digits) override;

 private:
  std::mt19937_64 engine_;
};

}  // namespace authzd::test
