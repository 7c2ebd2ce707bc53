// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/cycle_tally.hpp"

#include "tests/support/status_world.hpp"

#include <gtest/gtest.h>

namespace authzd::test {
namespace {

CycleFacts facts(CycleResult result, bool may_pass = false) {
  CycleFacts facts;
  facts.result = result;
  facts.may_pass = may_pass;
  facts.ended = kStatusNow;
  return facts;
}

TEST(CycleTally, CountsSoftErrorsUntilACycleGoesWell) {
  CycleTally tally;
  tally.add("a", facts(CycleResult::error, true));
  tally.add("a", facts(CycleResult::incomplete, true));
  EXPECT_EQ(tally.of("a").soft_errors_in_a_row, 2U);

  tally.add("a", facts(CycleResult::success));
  EXPECT_EQ(tally.of("a").soft_errors_in_a_row, 0U);
}

TEST(CycleTally, DoesNotTakeAnErrorThatNeedsAPersonForSoft) {
  CycleTally tally;
  tally.add("a", facts(CycleResult::error, false));
  EXPECT_EQ(tally.of("a").soft_errors_in_a_row, 0U);
  EXPECT_EQ(tally.of("a").cycles.at(CycleResult::error), 1U);
}

TEST(CycleTally, KeepsTheLastSyncWhenACycleFails) {
  CycleTally tally;
  CycleFacts good = facts(CycleResult::success);
  good.ended = kStatusNow - std::chrono::minutes(5);
  tally.add("a", good);
  tally.add("a", facts(CycleResult::error, true));

  EXPECT_EQ(tally.of("a").last_sync, kStatusNow - std::chrono::minutes(5));
  EXPECT_EQ(tally.of("a").last_reconcile, kStatusNow);
}

TEST(CycleTally, CountsACycleThatFoundNothingToDoOnce) {
  CycleTally tally;
  const Plan quiet;
  const Plan busy = troubled_plan();
  CycleFacts cycle = facts(CycleResult::success);
  cycle.plan = &quiet;
  tally.add("a", cycle);
  cycle.plan = &busy;
  tally.add("a", cycle);

  EXPECT_EQ(tally.of("a").no_ops, 1U);
}

TEST(CycleTally, KeepsTheCensusOfTheLastPlan) {
  CycleTally tally;
  const Plan plan = troubled_plan();
  CycleFacts planned = facts(CycleResult::success);
  planned.plan = &plan;
  tally.add("a", planned);
  tally.add("a", facts(CycleResult::error, true));

  const PlanTally expected{.ours = 40,
                           .unmanaged = 2,
                           .theirs = 1,
                           .foreign = 1,
                           .disputed = 1,
                           .conflicts = 2,
                           .expired_kept = 1,
                           .unknown_use = 1};
  EXPECT_EQ(tally.of("a").tally, expected);
}

TEST(CycleTally, PutsADurationOnABoundUnderIt) {
  CycleTally tally;
  CycleFacts cycle = facts(CycleResult::success);
  cycle.took = std::chrono::milliseconds(500);
  tally.add("a", cycle);
  cycle.took = std::chrono::hours(1);
  tally.add("a", cycle);

  EXPECT_EQ(tally.of("a").cycle_times.counts.at(3), 1U);
  EXPECT_EQ(tally.of("a").cycle_times.counts.back(), 1U);
}

TEST(CycleTally, KeepsAccountsApart) {
  CycleTally tally;
  tally.add("a", facts(CycleResult::success));
  EXPECT_TRUE(tally.of("b").cycles.empty());
}

}  // namespace
}  // namespace authzd::test
