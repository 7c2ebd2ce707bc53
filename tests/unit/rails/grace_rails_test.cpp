// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// removalGrace and holdDelegators.

#include "reconciler/rails/rails.hpp"
#include "tests/unit/rails/rails_world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using test::plan_with;
using test::rails_of;
using test::removal;

const Timestamp kGraceNow = *parse_rfc3339("2026-06-01T00:00:00Z");
const std::string kDelegatorCrn = "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";

Plan graced(std::vector<Action> actions, const RailRules& rules = {}) {
  RailHistory known = test::history();
  known.now = kGraceNow;
  return apply_rails(plan_with(std::move(actions)), rules, known, {});
}

std::string held_by_grace(const Action& action, const RailRules& rules = {}) {
  return rails_of(graced({action}, rules).actions[0]);
}

/// A delete of a grant to kms that has been wanted for that time.
Action wanted_for(std::chrono::minutes time) {
  Action action = removal("1");
  action.removal->wanted_since = kGraceNow - time;
  return action;
}

TEST(RemovalGrace, HoldsADeleteUntilItHasBeenWantedForAnHour) {
  EXPECT_EQ(held_by_grace(removal("1")), "removalGrace") << "seen for the first time";
  EXPECT_EQ(held_by_grace(wanted_for(59min)), "removalGrace");
  EXPECT_EQ(held_by_grace(wanted_for(60min)), "");
}

TEST(RemovalGrace, SaysWhenItEnds) {
  const Plan plan = graced({wanted_for(10min)});

  const Hold& hold = plan.actions[0].holds.front();
  EXPECT_EQ(hold.until, kGraceNow + 50min);
  EXPECT_NE(hold.message.find("2026-06-01T00:50:00Z"), std::string::npos) << hold.message;
}

TEST(RemovalGrace, TellsNoTimeBeforeOneCanBeTrusted) {
  RailHistory known = test::history();
  known.is_time_trusted = false;
  const auto hold_of = [&](const Action& action) {
    return apply_rails(plan_with({action}), {}, known, {}).actions[0].holds.at(0);
  };
  const Hold unknown = hold_of(removal("1"));
  EXPECT_EQ(unknown.until, std::nullopt);
  EXPECT_EQ(unknown.message.find("1970"), std::string::npos) << unknown.message;
  EXPECT_NE(unknown.message.find("without change for 1h"), std::string::npos) << unknown.message;

  known.now = kGraceNow - 1h;  // the last trusted one
  EXPECT_EQ(hold_of(wanted_for(90min)).until, kGraceNow - 30min) << "it was wanted before";
}

TEST(RemovalGrace, OfAnUndoPromisesNoTime) {
  RailHistory undo = test::history();
  undo.now = kGraceNow;
  undo.is_repeated = false;

  const Hold hold =
      apply_rails(plan_with({wanted_for(90min)}), {}, undo, {}).actions[0].holds.at(0);

  EXPECT_EQ(hold.until, std::nullopt);
  EXPECT_EQ(hold.message.find("to be done"), std::string::npos) << hold.message;
  EXPECT_NE(hold.message.find("which no cycle does later"), std::string::npos) << hold.message;
  EXPECT_NE(hold.message.find("let exactly this plan through"), std::string::npos) << hold.message;
}

TEST(RemovalGrace, HoldsApartWhatEndsAtAnotherTime) {
  Action later = removal("2");
  later.removal->wanted_since = kGraceNow - 5min;
  const Plan plan = graced({wanted_for(10min), later});

  EXPECT_NE(plan.actions[0].holds.front().hash, plan.actions[1].holds.front().hash);
}

TEST(RemovalGrace, HoldsANarrowingToo) {
  Action action = test::update("1", {"Reader"});
  action.before->roles = {"Reader", "Writer"};
  EXPECT_EQ(held_by_grace(action), "removalGrace");
}

TEST(RemovalGrace, NeverHoldsTheRepairOfWhatOthersAdded) {
  Action action = test::update("1", {"Reader"});
  action.before->roles = {"Reader", "Writer"};
  action.is_repair = true;
  EXPECT_EQ(held_by_grace(action), "");
}

TEST(RemovalGrace, IsForTheTargetsThatTheRulesName) {
  Action other = removal("1");
  other.before->resource = test::resource_of("cloud-object-storage");
  EXPECT_EQ(held_by_grace(other), "");
  const RailRules rules{.removal_grace = {.targets = {"cloud-object-storage"}}};
  EXPECT_EQ(held_by_grace(other, rules), "removalGrace");
  EXPECT_EQ(held_by_grace(removal("1"), rules), "");
  EXPECT_EQ(held_by_grace(removal("1"), {.removal_grace = {.wait = 0h}}), "");
}

TEST(RemovalGrace, SeesTheTargetWhateverItsSpelling) {
  const auto held_with = [](std::vector<Attribute> attributes) {
    Action action = removal("1");
    action.before->resource = AttributeSet(std::move(attributes));
    return held_by_grace(action);
  };
  using Values = std::vector<std::string>;
  EXPECT_EQ(held_with({}), "removalGrace");
  EXPECT_EQ(held_with({{"serviceName", "stringMatch", "k*"}}), "removalGrace");
  EXPECT_EQ(held_with({{"serviceName", "stringEqualsAnyOf", Values{"cos", "kms"}}}),
            "removalGrace");
  EXPECT_EQ(held_with({{"serviceName", "stringExists", true}}), "removalGrace");
  EXPECT_EQ(held_with({{"serviceName", "futureOperator", "cos"}}), "removalGrace");
  EXPECT_EQ(held_with({{"serviceName", "stringMatch", "cloud-*"}}), "");
}

TEST(RemovalGrace, LetsAnAnnouncedEndPass) {
  Action action = removal("1");
  action.reason = Reason::expired;
  EXPECT_EQ(held_by_grace(action), "removalGrace");
  action.removal->is_announced = true;
  EXPECT_EQ(held_by_grace(action), "");
}

const RailRules kNoGrace{.removal_grace = {.wait = 0h}};

Action delegator() {
  Action action = removal("1");
  action.before->roles = {"Reader", kDelegatorCrn};
  return action;
}

TEST(DelegatorRail, HoldsTheDeleteOfWhatDelegatesUnlessItsEndWasAnnounced) {
  Action action = delegator();
  EXPECT_EQ(held_by_grace(action, kNoGrace), "holdDelegators");
  EXPECT_EQ(held_by_grace(removal("1"), kNoGrace), "");
  EXPECT_EQ(held_by_grace(action, {.removal_grace = {.wait = 0h}, .hold_delegators = false}), "");
  action.reason = Reason::expired;
  EXPECT_EQ(held_by_grace(action, kNoGrace), "holdDelegators");
  action.removal->is_announced = true;
  EXPECT_EQ(held_by_grace(action, kNoGrace), "");
}

TEST(DelegatorRail, HoldsWhatTakesTheRoleAwayByAnUpdate) {
  Action action = delegator();
  action.verb = Verb::update;
  action.after = action.before;
  action.after->roles = {"Reader"};
  EXPECT_EQ(held_by_grace(action, kNoGrace), "holdDelegators");
  action.is_repair = true;
  EXPECT_EQ(held_by_grace(action, kNoGrace), "") << "someone had added it by hand";
}

TEST(DelegatorRail, HoldsNoNarrowingThatLeavesTheDelegationAsItIs) {
  Action action = delegator();
  action.verb = Verb::update;
  action.before->roles = {"Reader", "Writer", kDelegatorCrn};
  action.after = action.before;
  action.after->roles = {"Reader", kDelegatorCrn};
  EXPECT_EQ(held_by_grace(action, kNoGrace), "");

  action.after->roles = {"Reader", "Writer"};
  EXPECT_EQ(held_by_grace(action, kNoGrace), "holdDelegators");
}

TEST(DelegatorRail, HoldsWhatLeavesLessToDelegateThoughTheRoleStays) {
  Action action = delegator();
  action.verb = Verb::update;
  action.after = action.before;
  action.after->resource = test::resource_of("cloud-object-storage");
  EXPECT_EQ(held_by_grace(action, kNoGrace), "holdDelegators");
}

TEST(DelegatorRail, NamesWhatServicesMadeOfIt) {
  Action action = delegator();
  action.removal->dependents = {PolicyId("made-by-a-service")};
  const std::string message = graced({action}, kNoGrace).actions[0].holds.front().message;
  EXPECT_NE(message.find("made-by-a-service"), std::string::npos) << message;
}

}  // namespace
}  // namespace authzd
