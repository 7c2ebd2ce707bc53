// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails that count.

#include "reconciler/plan/canonical.hpp"
#include "reconciler/rails/rails.hpp"
#include "tests/unit/rails/rails_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using test::held;
using test::history;
using test::plan_of;
using test::rails_of;

Plan counted(Plan plan,
             const RailLimits& limits = {},
             const RailHistory& known = history(),
             const std::set<std::string>& approved = {}) {
  return test::railed(std::move(plan), {.limits = limits}, known, approved);
}

TEST(Rails, HoldAllDeletesAndLetCreatesGoOn) {
  const Plan plan = counted(plan_of(11, 3, 1000));

  EXPECT_EQ(held(plan), 11U);
  EXPECT_EQ(count(plan).creates, 3U);
  EXPECT_EQ(plan.actions.back().holds.front().rail, "maxDelete");
}

TEST(Rails, LetThroughExactlyTheLimit) {
  EXPECT_EQ(held(counted(plan_of(10, 0, 1000))), 0U);
  EXPECT_EQ(held(counted(plan_of(2, 0, 8))), 0U);
  EXPECT_EQ(held(counted(plan_of(3, 0, 8))), 3U);
  EXPECT_EQ(held(counted(plan_of(2, 0, 7))), 2U);  // 1.75 is 1
}

TEST(Rails, AlwaysAllowOneDeleteByPercentButNotASecondInTheWindow) {
  EXPECT_EQ(held(counted(plan_of(1, 0, 1))), 0U);
  EXPECT_EQ(held(counted(plan_of(1, 0, 0))), 0U);
  EXPECT_EQ(held(counted(plan_of(1, 0, 1), {}, history(1), {})), 1U);
}

TEST(Rails, CountANarrowingUpdateAsADeleteEvenWhereItAlsoWidens) {
  Plan plan = plan_of(1, 0, 1);
  Action& action = plan.actions[0];
  action.verb = Verb::update;
  action.after = action.before;
  action.after->roles = {"Writer"};

  const Plan held_back = counted(plan, {.max_delete = 0});

  ASSERT_EQ(held_back.actions[0].holds.size(), 1U);
  EXPECT_EQ(held_back.actions[0].holds.front().rail, "maxDelete");
}

TEST(Rails, LetThroughWhatWasApprovedByHoldOrByPlan) {
  const Plan plan = plan_of(11, 0, 1000);
  const Plan held_back = counted(plan);

  EXPECT_EQ(held(counted(plan, {}, history(), {held_back.actions[0].holds.front().hash})), 0U);
  EXPECT_EQ(held(without_holds(held_back)), 0U) << "the plan was approved as a whole";
  EXPECT_EQ(held(counted(plan, {}, history(), {"another"})), 11U);
}

TEST(Rails, AreIdempotentAndTheirHashKnowsNoOrder) {
  Plan plan = plan_of(11, 51, 1000);
  const Plan once = counted(plan);
  EXPECT_EQ(counted(once), once);

  std::reverse(plan.actions.begin(), plan.actions.end());
  const Plan reversed = counted(plan);
  EXPECT_EQ(reversed.actions.front().holds.front().hash, once.actions.back().holds.front().hash);
}

TEST(Rails, HoldAllCreatesPastTheirLimitAndNothingElse) {
  EXPECT_EQ(held(counted(plan_of(0, 50, 0))), 0U);

  const Plan plan = counted(plan_of(1, 51, 1000));

  EXPECT_EQ(held(plan), 51U);
  EXPECT_EQ(plan.actions.front().holds.front().rail, "maxCreate");
  EXPECT_EQ(count(plan).removes, 1U);
  EXPECT_EQ(held(counted(plan_of(0, 50, 0), {}, history(0, 0, 1), {})), 50U);
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
  EXPECT_EQ(held(counted(plan_with(25))), 0U);

  const Plan plan = counted(plan_with(26));

  EXPECT_EQ(held(plan), 26U);
  EXPECT_EQ(plan.actions.back().holds.front().rail, "maxUpdate");
  EXPECT_EQ(count(plan).creates, 1U);
  EXPECT_EQ(held(counted(plan_with(25), {}, history(0, 1), {})), 25U);
}

TEST(Rails, ThatTripTogetherMakeOneHoldAndNeedOneApproval) {
  const Plan plan = plan_of(11, 0, 20);
  const Plan held_back = counted(plan);

  ASSERT_EQ(held_back.actions[0].holds.size(), 1U);
  const Hold hold = held_back.actions[0].holds.front();
  EXPECT_EQ(hold.rail, "maxDelete, maxDeletePercent");
  EXPECT_EQ(hold.message,
            "maxDelete, maxDeletePercent: 11 deletes and narrowing updates planned, 10 and 25 % of "
            "20 policies of ours, that is 5, allowed; approve them, or raise rails.maxDelete and "
            "rails.maxDeletePercent");
  EXPECT_EQ(counted(held_back), held_back);
  EXPECT_EQ(held(counted(held_back, {}, history(), {hold.hash})), 0U);
}

TEST(Rails, KeepAnApprovalOfBothWhereOnlyOneStillTrips) {
  const Plan plan = plan_of(11, 0, 20);
  const std::string both = counted(plan).actions[0].holds.front().hash;
  const RailLimits raised{.max_delete = 11};
  const std::string one = counted(plan, raised, history(), {}).actions[0].holds.front().hash;

  EXPECT_EQ(held(counted(plan, raised, history(), {both})), 0U);
  const Plan held_back = counted(plan, {}, history(), {one});
  EXPECT_EQ(held(held_back), 11U) << "an approval of one is none of the other";
  EXPECT_EQ(held_back.actions[0].holds.front().rail, "maxDelete");
}

TEST(Rails, CountAgainstWhatWasOursWhenTheWindowBegan) {
  RailHistory known = history();
  known.ours_at_start = 100;
  EXPECT_EQ(held(counted(plan_of(10, 0, 8), {}, known)), 0U);
  known.ours_at_start = 4;
  EXPECT_EQ(held(counted(plan_of(2, 0, 1000), {}, known)), 2U);
}

TEST(Rails, CountTakingOverByWhatItDoesToAccess) {
  std::vector<Action> same;
  std::vector<Action> wider;
  for (int i = 0; i < 26; ++i) {
    same.push_back(test::update(std::to_string(i), {"Reader"}));
    same.back().reason = Reason::adopted;
    wider.push_back(same.back());
    same.back().after->roles = same.back().before->roles;
    same.back().after->description = "with a marker";
    wider.back().after->roles = {"Reader", "Writer"};
    wider.back().before->roles = {"Reader"};
  }
  EXPECT_EQ(held(counted(test::plan_with(same))), 0U);
  EXPECT_EQ(rails_of(counted(test::plan_with(wider)).actions[0]), "maxUpdate");
}

Plan expiries(std::size_t n, bool are_announced) {
  Plan plan = plan_of(n, 0, 1000);
  for (Action& action : plan.actions) {
    action.reason = Reason::expired;
    action.removal->expires_at = *parse_rfc3339("2026-01-31T00:00:00Z");
    action.removal->is_announced = are_announced;
  }
  return plan;
}

TEST(Rails, LetAnnouncedExpiriesPassAndCountTheOthers) {
  EXPECT_EQ(held(counted(expiries(11, false))), 11U);
  EXPECT_EQ(held(counted(expiries(11, true))), 0U);
  EXPECT_EQ(count_kind(expiries(1, true).actions[0]), std::nullopt);
  EXPECT_EQ(count_kind(expiries(1, false).actions[0]), CountKind::deletes);
}

/// An update that does not change access, only the description.
Action of_text(Reason reason) {
  Action action = test::update("1", {"Reader"});
  action.after->description = "another text";
  action.reason = reason;
  return action;
}

TEST(Rails, CountAnUpdateOfTextOrMarkerAloneForNothing) {
  EXPECT_EQ(count_kind(of_text(Reason::text_differs)), std::nullopt);
  EXPECT_EQ(count_kind(of_text(Reason::marker_rewritten)), std::nullopt);
  EXPECT_EQ(count_kind(of_text(Reason::marker_restored)), std::nullopt);
  EXPECT_EQ(count_kind(of_text(Reason::adopted)), std::nullopt);
  EXPECT_EQ(count_kind(of_text(Reason::released)), CountKind::updates);
}

TEST(Rails, GiveBackWhatOthersTookWithoutALimitUnlessOneIsSet) {
  std::vector<Action> actions;
  for (int i = 0; i < 60; ++i) {
    actions.push_back(test::creation(std::to_string(i)));
    actions.back().is_restore = true;
  }
  const Plan plan = test::plan_with(actions);

  EXPECT_EQ(held(counted(plan)), 0U) << "maxCreate is 50";
  const Plan back = counted(plan, {.max_restore = 59});
  EXPECT_EQ(held(back), 60U);
  EXPECT_EQ(rails_of(back.actions[0]), "maxRestore");
}

TEST(Rails, CountARestoringUpdateApartUnlessItNarrows) {
  Action wider = test::update("1", {"Reader", "Writer"});
  wider.is_restore = true;
  EXPECT_EQ(count_kind(wider), CountKind::restores);
  Action other = test::update("1", {"Writer"});
  other.is_restore = true;
  EXPECT_EQ(count_kind(other), CountKind::deletes);
}

TEST(Rails, SayTheNumbersAndWhatToDo) {
  const Plan plan = counted(plan_of(11, 0, 1000), {}, history(2), {});

  EXPECT_EQ(plan.actions[0].holds.front().message,
            "maxDelete: 11 deletes and narrowing updates planned, 2 already done in the window, 10 "
            "allowed; approve them, or raise rails.maxDelete");
}

/// On the first day all that is ours was taken over within the window: a share of nothing, or of
/// the one that was tried first, says nothing.
TEST(Rails, CountAgainstWhatIsOursWhereAtMostOneWasWhenTheWindowBegan) {
  for (const std::size_t at_start : {0U, 1U}) {
    RailHistory known = history();
    known.ours_at_start = at_start;

    EXPECT_EQ(held(counted(plan_of(9, 0, 40), {}, known)), 0U) << at_start;
    const Plan many = counted(plan_of(11, 0, 40), {}, known);
    ASSERT_EQ(held(many), 11U);
    EXPECT_NE(
        many.actions[0].holds.front().message.find("25 % of 40 policies of ours, that is 10,"),
        std::string::npos);
  }
}

/// Whoever adds grants, or takes policies over, must not get more of the first ones deleted by it.
TEST(Rails, CountAgainstTheStartHoweverManyBecameOursSince) {
  RailHistory known = history();
  known.ours_at_start = 2;

  EXPECT_EQ(held(counted(plan_of(1, 0, 300), {}, known)), 0U);
  EXPECT_EQ(held(counted(plan_of(2, 0, 300), {}, known)), 2U);
}

/// Nor do deletes free any: what is ours then is less.
TEST(Rails, CountAgainstLessOnceTheOneOfTheStartIsGone) {
  RailHistory known = history();
  known.ours_at_start = 1;
  known.deletes = 1;

  EXPECT_EQ(held(counted(plan_of(1, 0, 4), {}, known)), 1U);
}

TEST(Rails, AreReleasedTogetherByTheHashOfAllHolds) {
  Plan plan = plan_of(11, 51, 1000);
  const Plan back = counted(plan);
  ASSERT_EQ(held(back), 62U);
  const std::string all = hash_all_holds(back);
  EXPECT_NE(all, back.actions.front().holds.front().hash);
  EXPECT_EQ(holds_named(back, all).size(), 2U);

  EXPECT_EQ(held(counted(plan, {}, history(), approvals_of(back, all))), 0U);
  EXPECT_TRUE(approvals_of(back, std::string(64, 'f')).empty());

  const Plan one = counted(plan_of(11, 0, 1000));
  EXPECT_EQ(hash_all_holds(one), one.actions.front().holds.front().hash) << "one hold, one hash";
  EXPECT_EQ(hash_all_holds(counted(plan_of(1, 0, 1000))), "");
}

}  // namespace
}  // namespace authzd
