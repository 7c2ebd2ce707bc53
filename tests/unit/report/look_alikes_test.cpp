// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/look_alikes.hpp"

#include "reconciler/report/outcome_text.hpp"
#include "reconciler/report/plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

const AccountId kCrowdHome{std::string(32, 'a')};

PolicyContent keys_of(const std::string& instance) {
  return {.subject = {{"accountId", "stringEquals", kCrowdHome.value},
                      {"serviceName", "stringEquals", std::string{"is"}}},
          .resource = {{"accountId", "stringEquals", kCrowdHome.value},
                       {"serviceName", "stringEquals", std::string{"kms"}},
                       {"serviceInstance", "stringEquals", instance}},
          .roles = {"crn:v1:bluemix:public:iam::::serviceRole:Reader"},
          .description = {}};
}

Action create_of(const std::string& instance) {
  Action action;
  action.verb = Verb::create;
  action.name = "keys-of-" + instance;
  action.risk = Risk::widening;
  action.after = keys_of(instance);
  action.key = key_of(kCrowdHome, *action.after);
  return action;
}

Action delete_of(const std::string& instance) {
  Action action = create_of(instance);
  action.verb = Verb::remove;
  action.risk = Risk::narrowing;
  action.reason = Reason::not_desired;
  action.before = std::move(action.after);
  action.after.reset();
  action.id = PolicyId{"policy-" + instance};
  return action;
}

template <class Make>
Plan plan_of(Make make, int n) {
  Plan plan;
  plan.account = kCrowdHome;
  for (int i = 0; i < n; ++i) plan.actions.push_back(make("instance-" + std::to_string(i)));
  return plan;
}

TEST(LookAlikes, AreOneLineOfALongPlan) {
  const std::string text = plan_text(plan_of(create_of, 147), {});

  EXPECT_THAT(text, HasSubstr("+ is → kms (instance various)"));
  EXPECT_THAT(text, HasSubstr("147 alike · widening · Missing; --full shows each"));
  EXPECT_THAT(text, Not(HasSubstr("instance-7")));
}

TEST(LookAlikes, AreShownEachInAShortPlanAndWhereAllIsAskedFor) {
  EXPECT_THAT(plan_text(plan_of(create_of, 40), {}), HasSubstr("instance-39"));
  TextOptions full;
  full.detail.alike = true;
  EXPECT_THAT(plan_text(plan_of(create_of, 147), full), HasSubstr("instance-146"));
}

TEST(LookAlikes, OfWhatTheModeDoesNotAllowNameNoneForAll) {
  Plan plan;
  plan.account = kCrowdHome;
  for (int i = 0; i < 45; ++i) {
    Action action = create_of("instance-" + std::to_string(i));
    action.verb = Verb::update;
    action.risk = Risk::neutral;
    action.id = PolicyId{"policy-" + std::to_string(i)};
    action.before = action.after;
    Note note;
    note.kind = NoteKind::kept;
    note.reason = NoteReason::mode;
    note.id = action.id;
    note.message = "would update policy " + action.id.value + " (mode observe allows nothing)";
    note.dropped = {action};
    plan.notes.push_back(note);
  }
  const std::string text = plan_text(plan, {});
  EXPECT_THAT(text, HasSubstr("would update these (mode observe allows nothing)"));
  EXPECT_THAT(text, Not(HasSubstr("policy-")));
}

Plan with_notes(NoteReason reason, int n) {
  Plan plan;
  plan.account = kCrowdHome;
  for (int i = 0; i < n; ++i) {
    Note note;
    note.kind = NoteKind::kept;
    note.reason = reason;
    note.message = "so it is";
    note.name = "keys-" + std::to_string(i);
    plan.notes.push_back(note);
  }
  return plan;
}

TEST(LookAlikes, AmongWhatAnUndoPinnedAreANumber) {
  for (const NoteReason reason : {NoteReason::pinned, NoteReason::undone}) {
    const std::string many = plan_text(with_notes(reason, 42), {});
    EXPECT_THAT(many, HasSubstr("and 39 more"));
    EXPECT_THAT(many, HasSubstr("42 alike"));
    EXPECT_THAT(many, Not(HasSubstr("keys-33")));
    TextOptions full;
    full.detail.alike = true;
    EXPECT_THAT(plan_text(with_notes(reason, 42), full), HasSubstr("keys-33"));
  }
}

/// 30 deletes by two holds and 12 by three: what the holds have in common is said once, and all are
/// shown in the same way.
TEST(LookAlikes, AreHeldByOneTextOfEachHold) {
  Plan plan = plan_of(delete_of, 42);
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    plan.actions[i].holds.push_back({"maxDelete", "maxDelete: too many", std::string(64, 'a')});
    if (i < 12) plan.actions[i].holds.push_back({"adopted", "adopted: 12", std::string(64, 'b')});
  }
  const std::string text = plan_text(plan, {});

  EXPECT_EQ(text.find("maxDelete: too many"), text.rfind("maxDelete: too many"));
  EXPECT_THAT(text, HasSubstr("Held by maxDelete, as above"));
  EXPECT_THAT(text, Not(HasSubstr("    because      ")));
}

TEST(LookAlikes, LeaveNoNoteWithoutAHeading) {
  Plan plan = with_notes(NoteReason::state_older_than_account, 1);
  plan.notes.front().name.clear();
  plan.notes.front().id = PolicyId{"p-9"};
  EXPECT_THAT(plan_text(plan, {}), HasSubstr("= policy p-9\n"));
}

TEST(LookAlikes, NeverHideADelete) {
  const std::string text = plan_text(plan_of(delete_of, 60), {});

  for (int i = 0; i < 60; ++i) {
    EXPECT_THAT(text, HasSubstr("policy-instance-" + std::to_string(i)));
  }
}

TEST(LookAlikes, NeverHideATextThatGoesOrAProtectionThatComes) {
  const auto update = [](const std::string& instance, std::string before, std::string after) {
    Action action = create_of(instance);
    action.verb = Verb::update;
    action.risk = Risk::neutral;
    action.id = PolicyId{"policy-" + instance};
    action.before = action.after;
    action.before->description = std::move(before);
    action.after->description = std::move(after);
    return action;
  };
  const std::string marker = "(authzd: team/keys#0123456789ab)";
  const std::string protecting = "(authzd: team/keys#0123456789ab!)";

  const auto clears = [&](const std::string& i) { return update(i, "Ask Ann. " + marker, marker); };
  const auto protects = [&](const std::string& i) { return update(i, marker, protecting); };
  const auto adopts = [&](const std::string& i) { return update(i, "Ann", "Ann " + marker); };

  EXPECT_THAT(plan_text(plan_of(clears, 45), {}), HasSubstr("Ask Ann."));
  EXPECT_THAT(plan_text(plan_of(protects, 45), {}), HasSubstr("policy-instance-44"));
  EXPECT_THAT(plan_text(plan_of(adopts, 45), {}), HasSubstr("45 alike"));
}

TEST(LookAlikes, AreNotTheSameWhereOneIsWider) {
  Plan plan = plan_of(create_of, 50);
  plan.actions.front().after->resource = {{"accountId", "stringEquals", kCrowdHome.value},
                                          {"serviceName", "stringEquals", std::string{"kms"}}};

  const std::string text = plan_text(plan, {});

  EXPECT_THAT(text, HasSubstr("+ is → kms : "));
  EXPECT_THAT(text, HasSubstr("49 alike"));
}

TEST(LookAlikes, StandAloneWhereOthersChangedThemOrTheyFailedBefore) {
  std::vector<Action> actions{create_of("a"), create_of("b"), create_of("c"), create_of("d")};
  actions[1].drift = Drift{IamId{"IBMid-1"}, "2026-01-01"};
  actions[2].stall.emplace();
  actions[3].holds = {Hold{"maxCreate", "one too many", std::string(64, 'f')}};
  std::vector<const Action*> pointers;
  for (const Action& action : actions) pointers.push_back(&action);

  EXPECT_EQ(look_alikes(pointers).size(), 4U);
}

TEST(LookAlikes, AreCountedOnceDoneButFailuresAreShownEach) {
  const Plan plan = plan_of(create_of, 50);
  std::vector<Outcome> outcomes(50);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    outcomes[i].action = i;
    outcomes[i].kind = OutcomeKind::done;
    outcomes[i].wrote = true;
  }
  outcomes[7].kind = OutcomeKind::failed;

  const std::string text = outcome_text(plan, outcomes, {});

  EXPECT_THAT(text, HasSubstr("49 created"));
  EXPECT_THAT(text, HasSubstr("! is → kms (instance instance-7)"));
  EXPECT_THAT(text, HasSubstr("Applied: 49 created, 0 updated, 0 deleted; 1 failed, 0 refused."));
}

TEST(LookAlikes, AreOneLineOfWhatTheModeDoesNotAllow) {
  Plan plan;
  plan.account = kCrowdHome;
  for (int i = 0; i < 147; ++i) {
    Note note;
    note.reason = NoteReason::mode;
    note.message = "mode observe writes nothing";
    note.dropped = {create_of("instance-" + std::to_string(i))};
    plan.notes.push_back(note);
  }

  const std::string text = plan_text(plan, {});

  EXPECT_THAT(text, HasSubstr("would        create 147 alike · widening"));
  EXPECT_THAT(text, HasSubstr("not done     mode observe writes nothing"));
  EXPECT_THAT(text, Not(HasSubstr("instance-17")));
}

TEST(LookAlikes, NameTheIdThatAllOfThemHave) {
  Plan plan = plan_of(create_of, 50);
  for (Action& action : plan.actions) {
    action.after->resource = keys_of("one-for-all").resource;
    action.after->subject = {{"accountId", "stringEquals", kCrowdHome.value},
                             {"serviceName", "stringEquals", std::string{"is"}},
                             {"serviceInstance", "stringEquals", action.name}};
  }

  EXPECT_THAT(plan_text(plan, {}),
              HasSubstr("+ is (instance various) → kms (instance one-for-all) : "));
}

/// A grant that a policy of others provides.
Note provided(PolicyContent policy) {
  Note note;
  note.kind = NoteKind::kept;
  note.reason = NoteReason::unmanaged;
  note.id = PolicyId{"theirs"};
  note.policy = std::move(policy);
  note.message = "policy theirs already grants this";
  return note;
}

TEST(LookAlikes, ShowAGrantThatIsAloneAsItIs) {
  Plan plan;
  plan.account = kCrowdHome;
  for (int i = 0; i < 25; ++i) plan.notes.push_back(provided(keys_of(std::to_string(i))));
  plan.notes.push_back(provided(keys_of("the-one")));
  plan.notes.back().policy->roles = {"crn:v1:bluemix:public:iam::::serviceRole:Writer"};

  const std::string text = plan_text(plan, {});

  EXPECT_THAT(text, HasSubstr("= is → kms (instance the-one)"));
  EXPECT_THAT(text, HasSubstr("25 grants"));
}

}  // namespace
}  // namespace authzd
