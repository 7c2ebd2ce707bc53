// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The table of daemon/cycle/status_keeper.hpp, row by row.

#include "daemon/cycle/status_keeper.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{1h};

CycleEnd planned_end() {
  CycleEnd end;
  end.performed = Performed{};
  end.performed->planned.revision = "new";
  end.performed->planned.time = trusted_at(kNow);
  return end;
}

CycleEnd failed_end(ErrorCode code) {
  CycleEnd end;
  end.error = Error{code, "no"};
  return end;
}

AccountStatus after(const CycleEnd& end,
                    AccountStatus status = {},
                    std::vector<FailingObject> failing = {}) {
  RunStart run;
  run.id = "r1";
  return with_ended_cycle(
      with_begun_cycle(std::move(status), kNow), end, run, std::move(failing), kNow);
}

Action held_action(const std::string& hash) {
  Action action;
  action.holds = {{"maxDelete", "maxDelete: 12 planned", hash}};
  return action;
}

TEST(StatusKeeper, CallsAnAccountWithNothingToDoReady) {
  const AccountStatus status = after(planned_end());

  EXPECT_TRUE(status.ready.is_true);
  EXPECT_EQ(status.ready.reason, "InSync");
  EXPECT_FALSE(status.stalled.is_true);
  EXPECT_FALSE(status.held.is_true);
  EXPECT_FALSE(status.reconciling.is_true);
  EXPECT_EQ(status.attempted_revision, "new");
  EXPECT_EQ(status.last_run->id, "r1");
}

TEST(StatusKeeper, SaysThatACycleIsUnderWay) {
  EXPECT_TRUE(with_begun_cycle({}, kNow).reconciling.is_true);
}

TEST(StatusKeeper, LeavesAStallAsItWasWhereIamIsDown) {
  const AccountStatus stalled = after(failed_end(ErrorCode::partial_view));
  const AccountStatus status = after(failed_end(ErrorCode::unavailable), stalled);

  EXPECT_EQ(status.ready.reason, "Unavailable");
  EXPECT_TRUE(status.stalled.is_true);
  EXPECT_FALSE(after(failed_end(ErrorCode::unavailable)).stalled.is_true);
}

TEST(StatusKeeper, CallsWhatAPersonMustMendStalled) {
  for (const ErrorCode code :
       {ErrorCode::partial_view, ErrorCode::unauthenticated, ErrorCode::forbidden}) {
    const AccountStatus status = after(failed_end(code));
    EXPECT_TRUE(status.stalled.is_true);
    EXPECT_EQ(status.stalled.reason, to_string(code));
    EXPECT_FALSE(status.ready.is_true);
  }
}

TEST(StatusKeeper, TellsARefusedRevisionFromOneWithoutAPredecessor) {
  CycleEnd end = planned_end();
  end.refusal = Refusal{"bad", {ErrorCode::invalid_manifest, "no"}, {}};
  const AccountStatus enforced = after(end);
  EXPECT_EQ(enforced.ready.reason, "RevisionRefused");
  EXPECT_FALSE(enforced.stalled.is_true);
  EXPECT_EQ(enforced.attempted_revision, "bad");

  end.performed.reset();
  EXPECT_TRUE(after(end).stalled.is_true);
}

TEST(StatusKeeper, NamesWhatIsHeldOnceAHash) {
  CycleEnd end = planned_end();
  end.performed->planned.plan.actions = {held_action("h1"), held_action("h1"), held_action("h2")};

  const AccountStatus status = after(end);

  EXPECT_TRUE(status.held.is_true);
  EXPECT_EQ(status.ready.reason, "Held");
  ASSERT_EQ(status.holds.size(), 2U);
  EXPECT_EQ(status.holds[0].hash, "h1");
  EXPECT_EQ(status.holds[0].actions, 2U);
  EXPECT_FALSE(after(planned_end(), status).held.is_true);
}

TEST(StatusKeeper, SaysUntilWhenAHoldLasts) {
  CycleEnd end = planned_end();
  Action ending = held_action("h1");
  ending.holds.front().until = kNow + 1h;
  end.performed->planned.plan.actions = {ending, held_action("h2")};

  const AccountStatus status = after(end);

  ASSERT_EQ(status.holds.size(), 2U);
  EXPECT_EQ(status.holds[0].until, kNow + 1h);
  EXPECT_EQ(status.holds[1].until, std::nullopt);
}

TEST(StatusKeeper, CountsWhatOthersWidenedAndNothingSetsBack) {
  Action back = held_action("h1");
  back.verb = Verb::update;
  back.risk = Risk::narrowing;
  back.drift = Drift{IamId{"IBMid-1"}, ""};
  Action performed = back;
  performed.holds.clear();
  Action wanted = back;
  wanted.drift.reset();
  Note dropped;
  dropped.dropped = {performed};
  CycleEnd end = planned_end();
  end.performed->planned.plan.actions = {back, performed, wanted};
  end.performed->planned.plan.notes = {dropped};

  EXPECT_EQ(after(end).standing_widenings, 2U) << "the one that is held, and that of the mode";
  EXPECT_EQ(after(planned_end(), after(end)).standing_widenings, 0U);
}

TEST(StatusKeeper, KeepsHoldsWhileIamIsDown) {
  CycleEnd end = planned_end();
  end.performed->planned.plan.actions = {held_action("h1")};

  const AccountStatus status = after(failed_end(ErrorCode::timeout), after(end));

  EXPECT_TRUE(status.held.is_true);
  EXPECT_EQ(status.holds.size(), 1U);
}

TEST(StatusKeeper, CountsWritesThatDidNotComeOff) {
  CycleEnd end = planned_end();
  end.performed->planned.plan.actions.resize(2);
  Outcome done;
  done.kind = OutcomeKind::done;
  done.wrote = true;
  Outcome failed;
  failed.action = 1;
  failed.kind = OutcomeKind::failed;
  end.performed->outcomes = {done, failed};

  const AccountStatus status = after(end);

  EXPECT_EQ(status.ready.reason, "WritesFailed");
  EXPECT_EQ(status.last_run->created, 1U);
  EXPECT_EQ(status.last_run->failed, 1U);
}

TEST(StatusKeeper, CallsItNoFailureWhereAStopCutTheCycleShort) {
  CycleEnd end = planned_end();
  end.performed->planned.plan.actions.resize(2);
  Outcome done;
  done.kind = OutcomeKind::done;
  Outcome skipped;
  skipped.action = 1;
  end.performed->outcomes = {done, skipped};

  EXPECT_EQ(after(end).ready.reason, "CutShort");
  EXPECT_EQ(after(end).ready.message,
            "1 write was not begun: the daemon stops, or has a new configuration");
}

TEST(StatusKeeper, CallsAnAccountStalledByABugOfOurs) {
  EXPECT_EQ(after(failed_end(ErrorCode::internal)).stalled.reason, "Internal");
  EXPECT_FALSE(after(planned_end(), after(failed_end(ErrorCode::internal))).stalled.is_true);
}

TEST(StatusKeeper, CallsAnAccountStalledWhoseObjectsAre) {
  const std::vector<FailingObject> failing{{"storage", PolicyId{"p"}, "Stalled", "both sides", {}}};

  const AccountStatus status = after(planned_end(), {}, failing);

  EXPECT_EQ(status.stalled.reason, "ObjectsStalled");
  EXPECT_EQ(status.failing, failing);
}

TEST(StatusKeeper, DoubtsTheClockOnlyBeyondFiveMinutes) {
  CycleEnd end = planned_end();
  TrustedTime& time = end.performed->planned.time;
  time = judge_time(kNow, HeardDate{kNow + 6min}, {});
  EXPECT_EQ(after(end).ready.reason, "ClockSkew");
  EXPECT_NE(after(end).ready.message.find("6m behind"), std::string::npos);
  time = judge_time(kNow, HeardDate{kNow - 5min}, {});
  EXPECT_TRUE(after(end).ready.is_true);
}

TEST(StatusKeeper, DoubtsAClockThatIamSaysNothingAbout) {
  CycleEnd end = planned_end();
  end.performed->planned.time = judge_time(kNow, {}, {});

  EXPECT_EQ(after(end).ready.reason, "ClockUnknown");
}

TEST(StatusKeeper, SaysThatTheUseOfPoliciesIsUnknown) {
  CycleEnd end = planned_end();
  EXPECT_EQ(after(end).ready.message.find("unknown"), std::string::npos);
  end.performed->planned.is_use_known = false;

  EXPECT_NE(after(end).ready.message.find("last used is unknown"), std::string::npos);
}

TEST(StatusKeeper, SaysSinceWhenItIsSo) {
  const AccountStatus first = after(planned_end());
  AccountStatus second = with_ended_cycle(first, planned_end(), {}, {}, kNow + 1h);
  EXPECT_EQ(second.ready.since, kNow);
  second = with_ended_cycle(second, failed_end(ErrorCode::timeout), {}, {}, kNow + 2h);
  EXPECT_EQ(second.ready.since, kNow + 2h);
}

TEST(StatusKeeper, SaysWhetherAssertionsHold) {
  CycleEnd end = planned_end();
  EXPECT_EQ(after(end).assertions_hold.reason, "NoAssertions");
  EXPECT_TRUE(after(end).assertions_hold.is_true);

  AssertionResult result{"a", {}, Verdict::holds, 0, 0, {}};
  end.performed->planned.plan.assertions = {result};
  EXPECT_EQ(after(end).assertions_hold.reason, "AllHold");
  EXPECT_TRUE(after(end).assertions_hold.is_true);

  result.verdict = Verdict::undecided;
  end.performed->planned.plan.assertions.push_back(result);
  EXPECT_EQ(after(end).assertions_hold.reason, "Undecided");
  EXPECT_FALSE(after(end).assertions_hold.is_true);

  result = {"b", {}, Verdict::violated, 1, 0, {{.id = PolicyId{"p"}}}};
  end.performed->planned.plan.assertions.push_back(result);
  const AccountStatus status = after(end);
  EXPECT_EQ(status.assertions_hold.reason, "Violated");
  EXPECT_EQ(status.violations, std::vector<std::string>{"b policy p"});
  EXPECT_EQ(after(failed_end(ErrorCode::unavailable), status).assertions_hold,
            status.assertions_hold)
      << "a cycle without a plan says nothing of them";
}

}  // namespace
}  // namespace authzd
