// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a plan's name covers, and what happens to a review when the plan or the time changes.

#include "reconciler/plan/plan_name.hpp"

#include "tests/unit/rails/rails_world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using test::plan_of;
using test::railed;

const Timestamp kPlanMade{std::chrono::sys_days{std::chrono::January / 31 / 2026} + 8h};
constexpr std::chrono::milliseconds kTtl = 24h;

Plan named(Plan plan, Timestamp made) {
  plan.hash = plan_name(plan, made);
  return plan;
}

TEST(PlanName, IsOneWordOfHexDigitsThatTellsItsTime) {
  const std::string name = plan_name(plan_of(3, 1, 10), kPlanMade);

  EXPECT_EQ(name.size(), 64U);
  EXPECT_EQ(name.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(made_at(name), kPlanMade);
  EXPECT_TRUE(is_name_of(name, plan_of(3, 1, 10)));
}

TEST(PlanName, IsNothingThatAnyOtherTextCanBe) {
  const Plan plan = plan_of(1, 0, 10);
  const std::string name = plan_name(plan, kPlanMade);

  EXPECT_FALSE(made_at(""));
  EXPECT_FALSE(made_at(std::string(63, 'a')));
  EXPECT_FALSE(made_at(std::string(54, 'a') + "-00000000f"));
  EXPECT_FALSE(is_name_of(name.substr(0, 63), plan));
  EXPECT_FALSE(is_name_of(std::string(64, '0'), plan));
}

TEST(PlanName, CannotBeMadeYoungerByChangingItsTime) {
  const Plan old = named(plan_of(1, 0, 10), kPlanMade);
  const Plan now = named(plan_of(1, 0, 10), kPlanMade + 48h);
  const std::string forged = old.hash.substr(0, 54) + now.hash.substr(54);

  EXPECT_EQ(judge_review(forged, now, kPlanMade + 48h, kTtl), Review::differs);
}

TEST(Review, StandsUntilItsTimeIsOver) {
  const std::string read = plan_name(plan_of(2, 0, 100), kPlanMade);

  EXPECT_EQ(judge_review(read, plan_of(2, 0, 100), kPlanMade, kTtl), Review::stands);
  EXPECT_EQ(judge_review(read, plan_of(2, 0, 100), kPlanMade + 24h, kTtl), Review::stands);
  EXPECT_EQ(judge_review(read, plan_of(2, 0, 100), kPlanMade + 24h + 1s, kTtl), Review::too_old);
}

TEST(Review, FromAClockThatIsAheadDoesNotLastUntilThatTime) {
  const std::string read = plan_name(plan_of(2, 0, 100), kPlanMade);

  EXPECT_EQ(judge_review(read, plan_of(2, 0, 100), kPlanMade - 5min, kTtl), Review::stands);
  EXPECT_EQ(judge_review(read, plan_of(2, 0, 100), kPlanMade - 6min, kTtl), Review::too_early);
}

TEST(Review, EndsWhereARailHoldsWhatItDidNotHold) {
  const Plan read = railed(plan_of(3, 0, 1000));
  ASSERT_EQ(count(read).held, 0U);
  const Plan later = railed(plan_of(3, 0, 1000), {}, test::history(9));
  ASSERT_EQ(count(later).held, 3U) << "12 deletes in the window";

  EXPECT_EQ(judge_review(plan_name(read, kPlanMade), later, kPlanMade + 1min, kTtl),
            Review::differs);
}

TEST(Review, EndsWhereAnotherRailHoldsTheSame) {
  Plan made = plan_of(11, 0, 1000);
  const Plan read = railed(made);
  for (Action& action : made.actions) action.removal->made_by = IamId("IBMid-person");
  const Plan later = railed(made);
  ASSERT_EQ(count(read).held, count(later).held);

  EXPECT_EQ(judge_review(plan_name(read, kPlanMade), later, kPlanMade, kTtl), Review::differs);
}

/// The held plan, with that last use.
Plan used_at(Timestamp used, Timestamp now) {
  Action action = test::removal("used");
  action.removal->last_permit_at = used;
  RailHistory at = test::history();
  at.now = now;
  return named(test::railed(test::plan_with({action}), {}, at), now);
}

TEST(PlanName, SpeaksOfTheUseThatWasShown) {
  const Timestamp before = kPlanMade - 48h;
  const std::string read = plan_name(used_at(before, kPlanMade), kPlanMade);

  EXPECT_EQ(judge_review(read, used_at(before, kPlanMade + 20h), kPlanMade + 20h, kTtl),
            Review::stands);
  EXPECT_EQ(judge_review(read, used_at(kPlanMade + 1h, kPlanMade + 20h), kPlanMade + 20h, kTtl),
            Review::differs);
}

/// The job runs again, and a person has restored what it deleted.
TEST(PlanName, IsAnotherWhereWhatIsHeldWasTouchedSince) {
  Plan plan = railed(plan_of(11, 0, 1000));
  for (Action& action : plan.actions) action.last_modified_at = "2026-01-31T07:00:00.000Z";
  const std::string read = plan_name(plan, kPlanMade);
  EXPECT_EQ(judge_review(read, plan, kPlanMade + 1h, kTtl), Review::stands);

  plan.actions[3].last_modified_at = "2026-01-31T08:30:00.000Z";

  EXPECT_EQ(judge_review(read, plan, kPlanMade + 1h, kTtl), Review::differs);
}

TEST(PlanName, StandsWhateverUseComesOfWhatWasInUse) {
  const Timestamp just = kPlanMade - 5min;
  const std::string read = plan_name(used_at(just, kPlanMade), kPlanMade);

  EXPECT_EQ(judge_review(read, used_at(just, kPlanMade + 20h), kPlanMade + 20h, kTtl),
            Review::stands)
      << "idle since";
  EXPECT_EQ(judge_review(read, used_at(kPlanMade + 19h, kPlanMade + 20h), kPlanMade + 20h, kTtl),
            Review::stands);
}

/// A person who reads the same plan twice sees one hash.
TEST(PlanName, StaysWhileThePlanDoesAndAnHourIsNotOver) {
  Plan first = plan_of(2, 0, 100);
  Plan second = first;
  name_for_review(first, kPlanMade + 1s, kTtl);
  name_for_review(second, kPlanMade + 59min, kTtl);
  EXPECT_EQ(first.hash, second.hash);

  name_for_review(second, kPlanMade + 1h, kTtl);
  EXPECT_NE(first.hash, second.hash);
  Plan other = plan_of(3, 0, 100);
  name_for_review(other, kPlanMade + 1s, kTtl);
  EXPECT_NE(first.hash, other.hash);
}

TEST(PlanName, NeverLastsLongerThanAReviewMay) {
  for (const std::chrono::milliseconds ttl : {24h + 0ms, 10min + 0ms, 30s + 0ms, 1s + 0ms}) {
    Plan plan = plan_of(2, 0, 100);
    const Timestamp now = kPlanMade + 17min + 43s;
    name_for_review(plan, now, ttl);
    EXPECT_EQ(judge_review(plan.hash, plan, now, ttl), Review::stands);
    EXPECT_NE(judge_review(plan.hash, plan, now + ttl + 1s, ttl), Review::stands);
    EXPECT_EQ(judge_review(plan.hash, plan, now + ttl - ttl / 20, ttl), Review::stands)
        << "and hardly shorter: " << ttl.count();
  }
}

/// The reviewer saw that it was idle: its next use is news, whenever in the hour that was.
TEST(PlanName, IsOfTheMomentAfterWhichWhatIsHeldWasNoLongerInUse) {
  const Timestamp last = kPlanMade - 40min;
  const Timestamp read = kPlanMade + 50min;
  Plan plan = used_at(last, read);
  name_for_review(plan, read, kTtl);

  EXPECT_EQ(judge_review(plan.hash, used_at(last, read + 1h), read + 1h, kTtl), Review::stands);
  EXPECT_EQ(judge_review(plan.hash, used_at(read + 10min, read + 1h), read + 1h, kTtl),
            Review::differs);
}

}  // namespace
}  // namespace authzd
