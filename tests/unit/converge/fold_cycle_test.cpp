// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a cycle adds to the object histories, and what is new.

#include "reconciler/converge/fold_cycle.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

constexpr std::chrono::minutes kInterval{5};

Action create_of(const std::string& service, const std::string& role = "Reader") {
  Action action;
  action.name = service;
  action.after = PolicyContent{.subject = {{.name = "serviceName", .value = service}},
                               .resource = {},
                               .roles = {role},
                               .description = {}};
  action.key = key_of(AccountId{"a"}, *action.after);
  return action;
}

/// An account with consecutive cycles.
struct Account {
  ObjectHistories histories = {};
  Timestamp now{std::chrono::hours(1)};

  CycleNews cycle(const Plan& plan, const std::vector<Outcome>& outcomes) {
    now += kInterval;
    FoldedCycle folded = fold_cycle(histories, plan, outcomes, now);
    histories = std::move(folded.histories);
    return folded.news;
  }
  CycleNews cycle(const Action& action, OutcomeKind kind, std::string error = {}) {
    Plan plan;
    plan.actions = {action};
    Outcome outcome;
    outcome.kind = kind;
    if (!error.empty()) outcome.error = Error{ErrorCode::forbidden, std::move(error)};
    if (outcome.error)
      outcome.error->detail.transaction_id = std::to_string(now.time_since_epoch().count());
    return cycle(plan, {outcome});
  }
  ObjectHistory only() const {
    EXPECT_EQ(histories.size(), 1U);
    return histories.empty() ? ObjectHistory{} : histories.begin()->second;
  }
};

/// A policy that we delete, and that returns with another id each time.
struct Contest {
  CycleNews delete_again() {
    now += kInterval;
    Plan plan;
    plan.actions = {create_of("kms")};
    plan.actions[0].verb = Verb::remove;
    plan.actions[0].id = PolicyId("p" + std::to_string(++times));
    Outcome outcome;
    outcome.kind = OutcomeKind::done;
    outcome.wrote = true;
    const Rivalry rivalry{.remade = {plan.actions[0].id}, .unmade = {}};
    FoldedCycle folded = fold_cycle(histories, plan, std::vector{outcome}, now, rivalry);
    histories = std::move(folded.histories);
    return folded.news;
  }

  /// The outcome of the next create or delete of that key.
  [[nodiscard]] Plan next(Verb verb) const {
    Plan plan;
    plan.actions = {create_of("kms")};
    plan.actions[0].verb = verb;
    plan.actions[0].id = PolicyId("next");
    return set_aside(std::move(plan), histories, now);
  }

  ObjectHistories histories = {};
  Timestamp now{std::chrono::hours(1)};
  int times = 0;
};

TEST(FoldCycle, StallsAKeyThatComesBackUnderOurOwnIdentity) {
  Contest contest;
  EXPECT_TRUE(contest.delete_again().stalled.empty());
  EXPECT_TRUE(contest.delete_again().stalled.empty());
  EXPECT_EQ(contest.next(Verb::remove).actions.size(), 1U) << "twice may be chance";

  const CycleNews third = contest.delete_again();

  ASSERT_EQ(third.stalled.size(), 1U);
  EXPECT_TRUE(third.stalled[0].stall->is_contested);
  for (const Verb verb : {Verb::create, Verb::remove}) {
    const Plan plan = contest.next(verb);
    EXPECT_TRUE(plan.actions.empty()) << "it rests, although it narrows";
    ASSERT_EQ(plan.notes.size(), 1U);
    EXPECT_NE(plan.notes[0].message.find("another installation has our owner"), std::string::npos);
  }
}

TEST(FoldCycle, ForgetsAContestADayAfterItsLastTime) {
  Contest contest;
  for (int i = 0; i < 3; ++i) contest.delete_again();
  contest.now += kContestMemory;

  contest.histories = fold_cycle(contest.histories, {}, {}, contest.now).histories;

  EXPECT_TRUE(contest.histories.empty());
}

TEST(FoldCycle, ReportsAnErrorOnceAndAgainWhenItChanges) {
  Account account;
  const Action action = create_of("a");

  EXPECT_EQ(account.cycle(action, OutcomeKind::failed, "no").errors.size(), 1U);
  EXPECT_EQ(account.cycle(action, OutcomeKind::failed, "no").errors.size(), 0U);
  EXPECT_EQ(account.cycle(action, OutcomeKind::failed, "quota").errors.size(), 1U);
  EXPECT_EQ(account.cycle(create_of("a", "Writer"), OutcomeKind::failed, "quota").errors.size(), 1U)
      << "another write";
}

TEST(FoldCycle, CountsCyclesAndTriesWhileTheSameWriteIsNeeded) {
  Account account;
  const Action action = create_of("a");
  account.cycle(action, OutcomeKind::failed, "no");
  account.cycle(action, OutcomeKind::skipped);
  account.cycle(action, OutcomeKind::failed, "no");

  EXPECT_EQ(account.only().cycles, 3U);
  EXPECT_EQ(account.only().tries, 2U);
  EXPECT_EQ(account.only().last_tried, account.now);
  EXPECT_NE(account.only().error.find("no"), std::string::npos);
}

TEST(FoldCycle, SeesAWriteThatIsUndoneEachTime) {
  Account account;
  const Action action = create_of("a");
  EXPECT_TRUE(account.cycle(action, OutcomeKind::done).stalled.empty());
  EXPECT_TRUE(account.cycle(action, OutcomeKind::done).stalled.empty());
  EXPECT_EQ(account.cycle(action, OutcomeKind::done).stalled.size(), 1U);
  EXPECT_TRUE(account.cycle(action, OutcomeKind::done).stalled.empty()) << "once";
  EXPECT_EQ(account.only().error, "");
}

TEST(FoldCycle, DoesNotCountTheRestOfAWriteThatWasDone) {
  Account account;
  const Action action = create_of("a");
  account.cycle(action, OutcomeKind::done);
  Plan resting;
  resting.actions = {action};
  resting = set_aside(resting, account.histories, account.now);
  ASSERT_TRUE(resting.actions.empty());
  EXPECT_NE(resting.notes.at(0).message.find("something undid it"), std::string::npos);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(account.cycle(resting, {}).stalled.empty()) << "it was done once";
  }
  EXPECT_EQ(account.only().cycles, 1U);
}

TEST(FoldCycle, ForgetsWhatIsNotNeededAnyMore) {
  Account account;
  account.cycle(create_of("a"), OutcomeKind::failed, "no");
  account.cycle(Plan{}, {});

  EXPECT_TRUE(account.histories.empty());
}

TEST(FoldCycle, RemembersWhatRestsButNotWhatIsHeldOrDropped) {
  Account account;
  const Action action = create_of("a");
  account.cycle(action, OutcomeKind::failed, "no");
  Plan resting;
  resting.actions = {action};
  resting = set_aside(resting, account.histories, account.now);
  ASSERT_TRUE(resting.actions.empty());
  account.cycle(resting, {});
  EXPECT_EQ(account.only().cycles, 2U);
  EXPECT_EQ(account.only().tries, 1U);

  Plan held;
  held.actions = {action};
  held.actions[0].holds = {{"maxCreate", "", "h"}};
  account.cycle(held, {});
  EXPECT_TRUE(account.histories.empty());

  Plan dropped;
  dropped.notes.emplace_back().dropped = {action};
  account.cycle(dropped, {});
  EXPECT_TRUE(account.histories.empty());
}

TEST(FoldCycle, ReportsAConflictOnceAndAgainWhenItsWordsChange) {
  Account account;
  Plan plan;
  Note& note = plan.notes.emplace_back();
  note.kind = NoteKind::conflict;
  note.reason = NoteReason::unknown_role;
  note.message = "valid roles are Reader";

  EXPECT_EQ(account.cycle(plan, {}).notes.size(), 1U);
  EXPECT_EQ(account.cycle(plan, {}).notes.size(), 0U);
  plan.notes[0].message = "valid roles are Reader, Writer";
  EXPECT_EQ(account.cycle(plan, {}).notes.size(), 1U);
}

}  // namespace
}  // namespace authzd
