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

TEST(Rails, HoldAllDeletesAndLetCreatesGoOn) {
  const Plan plan = apply_rails(plan_of(11, 3, 1000), {}, {}, {});

  EXPECT_EQ(held(plan), 11U);
  EXPECT_EQ(count(plan).creates, 3U);
  EXPECT_EQ(plan.actions.back().hold->rail, "maxDelete");
}

TEST(Rails, LetThroughExactlyTheLimit) {
  EXPECT_EQ(held(apply_rails(plan_of(10, 0, 1000), {}, {}, {})), 0U);
  EXPECT_EQ(held(apply_rails(plan_of(2, 0, 8), {}, {}, {})), 0U);
  EXPECT_EQ(held(apply_rails(plan_of(3, 0, 8), {}, {}, {})), 3U);
  EXPECT_EQ(held(apply_rails(plan_of(2, 0, 7), {}, {}, {})), 2U);  // 1.75 is 1
}

TEST(Rails, AlwaysAllowOneDeleteByPercentButNotASecondInTheWindow) {
  EXPECT_EQ(held(apply_rails(plan_of(1, 0, 1), {}, {}, {})), 0U);
  EXPECT_EQ(held(apply_rails(plan_of(1, 0, 0), {}, {}, {})), 0U);
  EXPECT_EQ(held(apply_rails(plan_of(1, 0, 1), {}, {.deletes = 1}, {})), 1U);
}

TEST(Rails, CountANarrowingUpdateAsADeleteEvenWhereItAlsoWidens) {
  Plan plan = plan_of(1, 0, 1);
  Action& action = plan.actions[0];
  action.verb = Verb::update;
  action.after = action.before;
  action.after->roles = {"Writer"};

  const Plan railed = apply_rails(plan, {.max_delete = 0}, {}, {});

  ASSERT_TRUE(railed.actions[0].hold);
  EXPECT_EQ(railed.actions[0].hold->rail, "maxDelete");
}

TEST(Rails, LetThroughWhatWasApprovedByHoldOrByPlan) {
  const Plan plan = plan_of(11, 0, 1000);
  const Plan railed = apply_rails(plan, {}, {}, {});

  EXPECT_EQ(held(apply_rails(plan, {}, {}, {railed.actions[0].hold->hash})), 0U);
  EXPECT_EQ(held(apply_rails(railed, {}, {}, {"the plan"})), 0U);
  EXPECT_EQ(held(apply_rails(plan, {}, {}, {"another"})), 11U);
}

TEST(Rails, AreIdempotentAndTheirHashKnowsNoOrder) {
  Plan plan = plan_of(11, 51, 1000);
  const Plan once = apply_rails(plan, {}, {}, {});
  EXPECT_EQ(apply_rails(once, {}, {}, {}), once);

  std::reverse(plan.actions.begin(), plan.actions.end());
  const Plan reversed = apply_rails(plan, {}, {}, {});
  EXPECT_EQ(reversed.actions.front().hold->hash, once.actions.back().hold->hash);
}

TEST(Rails, HoldAllCreatesPastTheirLimitAndNothingElse) {
  EXPECT_EQ(held(apply_rails(plan_of(0, 50, 0), {}, {}, {})), 0U);

  const Plan plan = apply_rails(plan_of(1, 51, 1000), {}, {}, {});

  EXPECT_EQ(held(plan), 51U);
  EXPECT_EQ(plan.actions.front().hold->rail, "maxCreate");
  EXPECT_EQ(count(plan).removes, 1U);
  EXPECT_EQ(held(apply_rails(plan_of(0, 50, 0), {}, {.creates = 1}, {})), 50U);
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
  EXPECT_EQ(held(apply_rails(plan_with(25), {}, {}, {})), 0U);

  const Plan plan = apply_rails(plan_with(26), {}, {}, {});

  EXPECT_EQ(held(plan), 26U);
  EXPECT_EQ(plan.actions.back().hold->rail, "maxUpdate");
  EXPECT_EQ(count(plan).creates, 1U);
  EXPECT_EQ(held(apply_rails(plan_with(25), {}, {.updates = 1}, {})), 25U);
}

TEST(Rails, ThatTripTogetherMakeOneHoldAndNeedOneApproval) {
  const Plan plan = plan_of(11, 0, 20);
  const Plan railed = apply_rails(plan, {}, {}, {});

  ASSERT_TRUE(railed.actions[0].hold);
  const Hold hold = *railed.actions[0].hold;
  EXPECT_EQ(hold.rail, "maxDelete, maxDeletePercent");
  EXPECT_EQ(hold.message,
            "maxDelete, maxDeletePercent: 11 deletes and narrowing updates planned, 10 and 25 % of "
            "20 policies of ours, that is 5, allowed; approve them, or raise rails.maxDelete and "
            "rails.maxDeletePercent");
  EXPECT_EQ(apply_rails(railed, {}, {}, {}), railed);
  EXPECT_EQ(held(apply_rails(railed, {}, {}, {hold.hash})), 0U);
}

TEST(Rails, KeepAnApprovalOfBothWhereOnlyOneStillTrips) {
  const Plan plan = plan_of(11, 0, 20);
  const std::string both = apply_rails(plan, {}, {}, {}).actions[0].hold->hash;
  const RailLimits raised{.max_delete = 11};
  const std::string one = apply_rails(plan, raised, {}, {}).actions[0].hold->hash;

  EXPECT_EQ(held(apply_rails(plan, raised, {}, {both})), 0U);
  const Plan railed = apply_rails(plan, {}, {}, {one});
  EXPECT_EQ(held(railed), 11U) << "an approval of one is none of the other";
  EXPECT_EQ(railed.actions[0].hold->rail, "maxDelete");
}

TEST(Rails, SayTheNumbersAndWhatToDo) {
  const Plan plan = apply_rails(plan_of(11, 0, 1000), {}, {.deletes = 2}, {});

  EXPECT_EQ(plan.actions[0].hold->message,
            "maxDelete: 11 deletes and narrowing updates planned, 2 already done in the window, 10 "
            "allowed; approve them, or raise rails.maxDelete");
}

}  // namespace
}  // namespace authzd
