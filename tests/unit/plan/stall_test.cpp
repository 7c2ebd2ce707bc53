// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Objects whose write is needed repeatedly.

#include "reconciler/plan/stall.hpp"

#include "tests/unit/rails/rails_world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace authzd {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::creation;
using test::plan_with;
using test::removal;
using test::update;

const Timestamp kStallNow{hours(1000)};

ObjectHistories history_of(const Action& action, std::size_t tries, Timestamp last_tried) {
  return {{object_of(action), {signature_of(action), tries, tries, last_tried, "403: no"}}};
}

Plan after(const Action& action, std::size_t tries, std::chrono::milliseconds ago) {
  return set_aside(plan_with({action}), history_of(action, tries, kStallNow - ago), kStallNow);
}

TEST(Rest, DoublesUpToAnHour) {
  EXPECT_EQ(rest_after(0), seconds(0));
  EXPECT_EQ(rest_after(1), seconds(30));
  EXPECT_EQ(rest_after(2), minutes(1));
  EXPECT_EQ(rest_after(7), minutes(32));
  EXPECT_EQ(rest_after(8), hours(1));
  EXPECT_EQ(rest_after(1000), hours(1));
}

TEST(SetAside, LetsARestEndBeforeTheNextTry) {
  const Action action = creation("1");
  const Plan early = after(action, 5, minutes(7));

  ASSERT_TRUE(early.actions.empty());
  ASSERT_EQ(early.notes.size(), 1U);
  EXPECT_EQ(early.notes[0].kind, NoteKind::conflict);
  ASSERT_EQ(early.notes[0].dropped.size(), 1U);
  EXPECT_EQ(early.notes[0].dropped[0].stall->next_try, kStallNow + minutes(1));
  EXPECT_EQ(after(action, 5, minutes(8)).actions.size(), 1U);
}

TEST(SetAside, MarksAsStalledFromTheThirdCycleOn) {
  const Action action = creation("1");
  EXPECT_FALSE(after(action, 1, minutes(5)).actions[0].stall);
  EXPECT_EQ(count(after(action, 1, minutes(5))).stalled, 0U);

  const Plan third = after(action, 2, minutes(5));
  ASSERT_TRUE(third.actions[0].stall);
  EXPECT_EQ(third.actions[0].stall->cycles, 3U);
  EXPECT_EQ(third.actions[0].stall->error, "403: no");
  EXPECT_EQ(count(third).stalled, 1U);
  EXPECT_EQ(count(after(action, 9, minutes(5))).stalled, 1U) << "while it rests, too";
}

TEST(SetAside, NamesWhatRestsByHowLongItHasBeenNeeded) {
  const Action action = creation("1");
  EXPECT_EQ(after(action, 1, seconds(5)).notes[0].reason, NoteReason::backing_off);
  EXPECT_EQ(after(action, 2, seconds(5)).notes[0].reason, NoteReason::stalled);
}

TEST(SetAside, TriesANarrowingWriteEachCycle) {
  for (const Action& action : {removal("1"), update("1", {"Writer"})}) {
    const Plan plan = after(action, 20, seconds(5));
    ASSERT_EQ(plan.actions.size(), 1U);
    EXPECT_TRUE(is_stalled(plan.actions[0].stall.value()));
  }
}

TEST(SetAside, ForgivesAnotherWriteOfTheSameObject) {
  const Action old = update("1", {"Reader", "Writer"});
  const Action now = update("1", {"Manager", "Reader"});
  ASSERT_EQ(object_of(old), object_of(now));

  const Plan plan = set_aside(plan_with({now}), history_of(old, 9, kStallNow), kStallNow);

  ASSERT_EQ(plan.actions.size(), 1U);
  EXPECT_FALSE(plan.actions[0].stall);
}

TEST(SetAside, LeavesHeldActionsAndTheHashAlone) {
  Action action = creation("1");
  action.holds = {{"maxCreate", "", "h"}};
  const Plan plan = plan_with({action});

  EXPECT_EQ(set_aside(plan, history_of(action, 9, kStallNow), kStallNow), plan);
  EXPECT_EQ(after(creation("1"), 9, seconds(5)).hash, plan.hash);
}

TEST(SetAside, DoesNotWaitForAClockThatWasSetBack) {
  EXPECT_EQ(after(creation("1"), 9, -hours(3)).actions.size(), 1U);
}

TEST(SetAside, BacksOffEachObjectAlone) {
  const Plan plan = set_aside(plan_with({creation("1"), creation("2")}),
                              history_of(creation("1"), 9, kStallNow),
                              kStallNow);
  ASSERT_EQ(plan.actions.size(), 1U);
  EXPECT_EQ(plan.actions[0].key, creation("2").key);
}

}  // namespace
}  // namespace authzd
