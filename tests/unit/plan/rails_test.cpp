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

TEST(Rails, SayTheNumbersAndWhatToDo) {
  const Plan plan = apply_rails(plan_of(11, 0, 1000), {}, {.deletes = 2}, {});

  EXPECT_EQ(plan.actions[0].hold->message,
            "maxDelete: 11 deletes and narrowing updates planned, 2 already done in the window, 10 "
            "allowed; approve them, or raise rails.maxDelete");
}

}  // namespace
}  // namespace authzd
