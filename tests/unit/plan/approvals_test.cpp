// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an approval covers: exactly these actions of that rail, each until it is done.

#include "reconciler/plan/rails.hpp"
#include "tests/unit/plan/rails_world.hpp"

#include <gtest/gtest.h>

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
