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

}  // namespace
}  // namespace authzd
