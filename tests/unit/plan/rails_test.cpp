// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/rails.hpp"

#include "tests/support/model_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace authzd {
namespace {

/// A plan of `removes` deletes and `creates` creates, in an account where `of_ours` are ours.
Plan plan_of(std::size_t removes, std::size_t creates, std::size_t of_ours) {
  Plan plan;
  plan.account = test::kAccount;
  plan.ours = of_ours;
  plan.hash = "the plan";
  for (std::size_t i = 0; i < removes + creates; ++i) {
    Action action;
    const std::string n = std::to_string(i);
    action.key = test::key_for("a" + n, "kms");
    const PolicyContent content = test::policy("p" + n, "a" + n, "kms").content;
    if (i < creates) {
      action.after = content;
    } else {
      action.verb = Verb::remove;
      action.id = PolicyId("p" + n);
      action.before = content;
    }
    plan.actions.push_back(action);
  }
  return plan;
}

std::size_t held(const Plan& plan) {
  return count(plan).held;
}

/// An account whose first deletes were approved long ago.
RailHistory history(std::size_t deletes = 0, std::size_t updates = 0, std::size_t creates = 0) {
  RailHistory history;
  history.deletes = deletes;
  history.updates = updates;
  history.creates = creates;
  history.first_deletes_approved = true;
  return history;
}

Plan railed(Plan plan,
            const RailLimits& limits = {},
            const RailHistory& known = history(),
            const std::set<std::string>& approved = {}) {
  return apply_rails(std::move(plan), {.limits = limits}, known, approved);
}

TEST(Rails, HoldAllDeletesAndLetCreatesGoOn) {
  const Plan plan = railed(plan_of(11, 3, 1000));

  EXPECT_EQ(held(plan), 11U);
  EXPECT_EQ(count(plan).creates, 3U);
  EXPECT_EQ(plan.actions.back().holds.front().rail, "maxDelete");
}

TEST(Rails, LetThroughExactlyTheLimit) {
  EXPECT_EQ(held(railed(plan_of(10, 0, 1000))), 0U);
  EXPECT_EQ(held(railed(plan_of(2, 0, 8))), 0U);
  EXPECT_EQ(held(railed(plan_of(3, 0, 8))), 3U);
  EXPECT_EQ(held(railed(plan_of(2, 0, 7))), 2U);  // 1.75 is 1
}

TEST(Rails, AlwaysAllowOneDeleteByPercentButNotASecondInTheWindow) {
  EXPECT_EQ(held(railed(plan_of(1, 0, 1))), 0U);
  EXPECT_EQ(held(railed(plan_of(1, 0, 0))), 0U);
  EXPECT_EQ(held(railed(plan_of(1, 0, 1), {}, history(1), {})), 1U);
}

TEST(Rails, CountANarrowingUpdateAsADeleteEvenWhereItAlsoWidens) {
  Plan plan = plan_of(1, 0, 1);
  Action& action = plan.actions[0];
  action.verb = Verb::update;
  action.after = action.before;
  action.after->roles = {"Writer"};

  const Plan held_back = railed(plan, {.max_delete = 0});

  ASSERT_EQ(held_back.actions[0].holds.size(), 1U);
  EXPECT_EQ(held_back.actions[0].holds.front().rail, "maxDelete");
}

TEST(Rails, LetThroughWhatWasApprovedByHoldOrByPlan) {
  const Plan plan = plan_of(11, 0, 1000);
  const Plan held_back = railed(plan);

  EXPECT_EQ(held(railed(plan, {}, history(), {held_back.actions[0].holds.front().hash})), 0U);
  EXPECT_EQ(held(railed(held_back, {}, history(), {"the plan"})), 0U);
  EXPECT_EQ(held(railed(plan, {}, history(), {"another"})), 11U);
}

TEST(Rails, AreIdempotentAndTheirHashKnowsNoOrder) {
  Plan plan = plan_of(11, 51, 1000);
  const Plan once = railed(plan);
  EXPECT_EQ(railed(once), once);

  std::reverse(plan.actions.begin(), plan.actions.end());
  const Plan reversed = railed(plan);
  EXPECT_EQ(reversed.actions.front().holds.front().hash, once.actions.back().holds.front().hash);
}

TEST(Rails, HoldAllCreatesPastTheirLimitAndNothingElse) {
  EXPECT_EQ(held(railed(plan_of(0, 50, 0))), 0U);

  const Plan plan = railed(plan_of(1, 51, 1000));

  EXPECT_EQ(held(plan), 51U);
  EXPECT_EQ(plan.actions.front().holds.front().rail, "maxCreate");
  EXPECT_EQ(count(plan).removes, 1U);
  EXPECT_EQ(held(railed(plan_of(0, 50, 0), {}, history(0, 0, 1), {})), 50U);
}

TEST(Rails, HoldAllUpdatesPastTheirLimitAndNothingElse) {
  const auto plan_with = [](std::size_t updates) {
    Plan plan = plan_of(updates, 1, 1000);
    for (Action& action : plan.actions) {
      if (action.verb != Verb::remove) continue;
      action.verb = Verb::update;
      action.after = action.before;
      action.after->roles.insert("Writer");
    }
    return plan;
  };
  EXPECT_EQ(held(railed(plan_with(25))), 0U);

  const Plan plan = railed(plan_with(26));

  EXPECT_EQ(held(plan), 26U);
  EXPECT_EQ(plan.actions.back().holds.front().rail, "maxUpdate");
  EXPECT_EQ(count(plan).creates, 1U);
  EXPECT_EQ(held(railed(plan_with(25), {}, history(0, 1), {})), 25U);
}

TEST(Rails, ThatTripTogetherMakeOneHoldAndNeedOneApproval) {
  const Plan plan = plan_of(11, 0, 20);
  const Plan held_back = railed(plan);

  ASSERT_EQ(held_back.actions[0].holds.size(), 1U);
  const Hold hold = held_back.actions[0].holds.front();
  EXPECT_EQ(hold.rail, "maxDelete, maxDeletePercent");
  EXPECT_EQ(hold.message,
            "maxDelete, maxDeletePercent: 11 deletes and narrowing updates planned, 10 and 25 % of "
            "20 policies of ours, that is 5, allowed; approve them, or raise rails.maxDelete and "
            "rails.maxDeletePercent");
  EXPECT_EQ(railed(held_back), held_back);
  EXPECT_EQ(held(railed(held_back, {}, history(), {hold.hash})), 0U);
}

TEST(Rails, KeepAnApprovalOfBothWhereOnlyOneStillTrips) {
  const Plan plan = plan_of(11, 0, 20);
  const std::string both = railed(plan).actions[0].holds.front().hash;
  const RailLimits raised{.max_delete = 11};
  const std::string one = railed(plan, raised, history(), {}).actions[0].holds.front().hash;

  EXPECT_EQ(held(railed(plan, raised, history(), {both})), 0U);
  const Plan held_back = railed(plan, {}, history(), {one});
  EXPECT_EQ(held(held_back), 11U) << "an approval of one is none of the other";
  EXPECT_EQ(held_back.actions[0].holds.front().rail, "maxDelete");
}

TEST(Rails, SayTheNumbersAndWhatToDo) {
  const Plan plan = railed(plan_of(11, 0, 1000), {}, history(2), {});

  EXPECT_EQ(plan.actions[0].holds.front().message,
            "maxDelete: 11 deletes and narrowing updates planned, 2 already done in the window, 10 "
            "allowed; approve them, or raise rails.maxDelete");
}

}  // namespace
}  // namespace authzd
