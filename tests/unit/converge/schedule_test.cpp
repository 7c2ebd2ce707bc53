// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/schedule.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;

TEST(Schedule, BacksOffWithEachFaultUpToAnHour) {
  const Schedule schedule{.interval = 5min, .min_gap = 5s};

  EXPECT_EQ(backed_off(schedule, 0).interval, 5min);
  EXPECT_EQ(backed_off(schedule, 1).interval, 10min);
  EXPECT_EQ(backed_off(schedule, 1).min_gap, 10s);
  EXPECT_EQ(backed_off(schedule, 4).interval, 1h);
  EXPECT_EQ(backed_off(schedule, 1'000'000).min_gap, 1h);
}

TEST(Schedule, LeavesAnIntervalThatIsLongerThanAnyBackOff) {
  const Schedule schedule{.interval = 6h};

  EXPECT_EQ(backed_off(schedule, 3).interval, 6h);
}

TEST(Schedule, StartsOneAccountAtOnceAndManyOneAfterTheOther) {
  const Schedule schedule{.interval = 5min};

  EXPECT_EQ(first_wait(schedule, 0, 1, 0.9), 0ms);
  EXPECT_EQ(first_wait(schedule, 0, 1'000, 0.9), 0ms);
  EXPECT_EQ(first_wait(schedule, 1, 1'000, 0.0), 0ms);
  EXPECT_EQ(first_wait(schedule, 1, 1'000, 0.5), 25ms);
  EXPECT_EQ(first_wait(schedule, 999, 1'000, 0.5), 49'925ms);
}

TEST(Schedule, StartsAllWithinHalfOfTheInterval) {
  const Schedule schedule{.interval = 10s};

  for (std::size_t place = 0; place < 1'000; ++place) {
    EXPECT_LE(first_wait(schedule, place, 1'000, 0.999), 5s);
  }
}

}  // namespace
}  // namespace authzd
