// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an approval covers: exactly these actions of that rail, each until it is done.

#include "reconciler/rails/rails.hpp"
#include "tests/unit/rails/rails_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

namespace authzd {
namespace {

using test::held;
using test::history;
using test::plan_of;
using test::railed;
using test::removal;

TEST(Approvals, StandForWhatRemainsWhileOthersAreDone) {
  const Plan back = railed(plan_of(11, 0, 1000));
  const auto approved = approvals_of(back, back.actions[0].holds[0].hash);
  ASSERT_EQ(approved.size(), 11U);

  Plan rest = plan_of(11, 0, 1000);
  rest.actions.resize(6);
  EXPECT_EQ(held(railed(rest, {}, history(5))), 6U) << "11 in the window";
  EXPECT_EQ(held(railed(rest, {}, history(5), approved)), 0U);
}

TEST(Approvals, AreNoneOfWhatJoinsLater) {
  const Plan back = railed(plan_of(11, 0, 1000));
  const auto approved = approvals_of(back, back.actions[0].holds[0].hash);
  Plan more = plan_of(11, 0, 1000);
  more.actions.push_back(removal("new"));

  const Plan plan = railed(more, {}, history(), approved);

  EXPECT_EQ(held(plan), 1U);
  EXPECT_TRUE(is_held(plan.actions.back()));
}

TEST(Approvals, AreNoneOfTheSamePolicyWithOtherContent) {
  const Plan back = railed(plan_of(11, 0, 1000));
  const auto approved = approvals_of(back, back.actions[0].holds[0].hash);
  Plan changed = plan_of(11, 0, 1000);
  changed.actions[3].before->roles.insert("Manager");

  EXPECT_EQ(held(railed(changed, {}, history(), approved)), 1U);
}

TEST(Approvals, OfAPlanCoverAllOfItsHolds) {
  Plan plan = plan_of(11, 51, 1000);
  for (Action& action : plan.actions) {
    if (action.removal) action.removal->made_by = IamId("IBMid-person");
  }
  const Plan back = railed(plan);

  EXPECT_EQ(held(railed(plan, {}, history(), approvals_of(back, "the plan"))), 0U);
  EXPECT_TRUE(approvals_of(back, "another").empty());
}

TEST(Approvals, OfOneRailAreNoneOfAnother) {
  Plan plan = plan_of(11, 0, 1000);
  for (Action& action : plan.actions) action.removal->made_by = IamId("IBMid-person");
  const Plan back = railed(plan);
  ASSERT_EQ(test::rails_of(back.actions[0]), "maxDelete adopted");

  for (const Hold& hold : back.actions[0].holds) {
    EXPECT_EQ(held(railed(plan, {}, history(), approvals_of(back, hold.hash))), 11U);
  }
}

TEST(Approvals, OfTwoLimitsOnOneNumberStandForEach) {
  const Plan back = railed(plan_of(11, 0, 20));
  ASSERT_EQ(test::rails_of(back.actions[0]), "maxDelete, maxDeletePercent");
  EXPECT_TRUE(names_rail(back.actions[0].holds[0], rail::kMaxDelete));
  EXPECT_TRUE(names_rail(back.actions[0].holds[0], rail::kMaxDeletePercent));
  EXPECT_FALSE(names_rail(back.actions[0].holds[0], rail::kMaxCreate));
  const auto approved = approvals_of(back, back.actions[0].holds[0].hash);

  EXPECT_EQ(held(railed(plan_of(11, 0, 20), {}, history(), approved)), 0U);
}

/// One delete of a policy with that last use, in a plan of `now`.
Plan of_used(Timestamp used, Timestamp now, const std::set<std::string>& approved = {}) {
  Action action = removal("used");
  action.removal->last_permit_at = used;
  RailHistory at = history();
  at.now = now;
  return railed(test::plan_with({action}), {}, at, approved);
}

std::set<std::string> approving(const Plan& plan) {
  return approvals_of(plan, plan.actions[0].holds[0].hash);
}

TEST(Approvals, OfWhatWasUsedAreOfTheUseThatWasShown) {
  const Timestamp now{std::chrono::hours(24 * 365)};
  const Timestamp used = now - std::chrono::hours(48);
  const Plan shown = of_used(used, now);
  ASSERT_EQ(test::rails_of(shown.actions[0]), "holdUsedWithin");
  const auto approved = approving(shown);

  const Timestamp later = now + std::chrono::hours(2);
  EXPECT_EQ(held(of_used(used, later, approved)), 0U) << "nothing is new";
  const Plan used_since = of_used(now + std::chrono::minutes(1), later, approved);
  EXPECT_EQ(held(used_since), 1U) << "somebody needs it";
  EXPECT_NE(used_since.actions[0].holds[0].hash, shown.actions[0].holds[0].hash);
}

/// Otherwise nobody could ever end something that remains in use.
TEST(Approvals, OfWhatIsInUseStandWhateverUseComes) {
  const Timestamp now{std::chrono::hours(24 * 365)};
  const Plan shown = of_used(now - std::chrono::minutes(5), now);
  const auto approved = approving(shown);

  const Timestamp later = now + std::chrono::hours(3);
  EXPECT_EQ(held(of_used(later, later, approved)), 0U);
  EXPECT_EQ(held(of_used(now + std::chrono::hours(1), later, approved)), 0U);
  EXPECT_EQ(of_used(now, now).actions[0].holds[0].hash, shown.actions[0].holds[0].hash)
      << "a use more must not make another hash of it";
}

TEST(Approvals, OfADoneActionOfWhatIsInUseCanBeFoundLater) {
  const Timestamp now{std::chrono::hours(24 * 365)};
  const auto approved = approving(of_used(now, now));

  const auto on =
      approvals_on(test::kAccount, of_used(now, now + std::chrono::hours(5)).actions[0]);

  EXPECT_TRUE(std::ranges::includes(on, approved));
}

TEST(Approvals, OfADoneActionCanBeFound) {
  const Plan back = railed(plan_of(11, 0, 20));
  const auto approved = approvals_of(back, back.actions[0].holds[0].hash);

  std::size_t found = 0;
  for (const Action& action : back.actions) {
    for (const std::string& one : approvals_on(back.account, action)) found += approved.count(one);
  }
  EXPECT_EQ(found, approved.size());
}

}  // namespace
}  // namespace authzd
