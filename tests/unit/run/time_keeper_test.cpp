// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// IAM's time continues between its replies, whatever the host's clock does.

#include "daemon/cycle/time_keeper.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;

/// Both clocks of a host, independent: the time of day may be set, the other may not.
class HostClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return day; }
  [[nodiscard]] std::chrono::steady_clock::time_point ticks() const override { return steady; }
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds) override { co_return; }

  void pass(std::chrono::milliseconds time) {
    day += time;
    steady += time;
  }

  Timestamp day{std::chrono::hours(24 * 365 * 50)};
  std::chrono::steady_clock::time_point steady;
};

class TimeKeeperTest : public ::testing::Test {
 protected:
  HostClock clock;
  const Timestamp iam = clock.day + 2min;  // IAM's clock when the host's is at `day`
  TimeKeeper keeper{clock, std::nullopt};
};

TEST_F(TimeKeeperTest, KnowsNothingBeforeIamHasSpoken) {
  EXPECT_EQ(keeper.now().source, TimeSource::host);
}

TEST_F(TimeKeeperTest, CarriesIamsTimeOn) {
  keeper.hear(iam, keeper.ticks());
  clock.pass(10min);

  EXPECT_TRUE(keeper.now().is_trusted());
  EXPECT_EQ(keeper.now().now, iam + 10min);
}

TEST_F(TimeKeeperTest, IsNotMovedByAHostsClockThatJumps) {
  keeper.hear(iam, keeper.ticks());
  for (const auto jump : {48h, -48h}) {
    HostClock before = clock;
    clock.day += jump;
    clock.pass(1min);

    const TrustedTime time = keeper.now();
    EXPECT_EQ(time.source, TimeSource::disputed);
    EXPECT_EQ(time.now, iam + 1min);
    EXPECT_EQ(time.earliest, iam);
    clock.day = before.day;
    clock.steady = before.steady;
  }
}

TEST_F(TimeKeeperTest, KnowsHowLongARequestMayHaveTaken) {
  const auto asked = keeper.ticks();
  clock.pass(30s);
  keeper.hear(iam, asked);

  EXPECT_EQ(keeper.now().latest - keeper.now().now, 31s);
}

TEST_F(TimeKeeperTest, StartsFromWhatTheStateLastTrusted) {
  const TimeKeeper restarted(clock, clock.day + 1h);

  EXPECT_EQ(restarted.now().now, clock.day + 1h);
  EXPECT_EQ(restarted.now().earliest, clock.day + 1h);
}

}  // namespace
}  // namespace authzd
