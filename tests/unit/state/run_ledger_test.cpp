// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rails/rails.hpp"
#include "tests/unit/state/state_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const PolicyId kId{"p1"};

class RunLedgerTest : public StateTest {
 protected:
  RunDetail found(const std::string& id) { return must(state->runs.find(id)); }
  void send(const std::string& run, std::size_t number, Command::Kind kind) {
    must(state->runs.will_write({run, number}, sending(kind), now));
  }
};

TEST_F(RunLedgerTest, GivesBackARunWithAllThatWasSaidOfIt) {
  RunStart start{"abc123", RunKind::undo, "ana", "revision-9", now};
  must(state->runs.begin(start));
  RunEnd end{now + 5s, "plan-hash", "IAM was away", {1, 2, 3, 4, 5, 6}};
  must(state->runs.end("abc123", end));
  reopen();

  const RunSummary run = found("abc123").run;

  EXPECT_EQ(run.start.kind, RunKind::undo);
  EXPECT_EQ(run.start.who, "ana");
  EXPECT_EQ(run.start.revision, "revision-9");
  EXPECT_EQ(run.start.began, now);
  ASSERT_TRUE(run.end);
  EXPECT_EQ(run.end->ended, now + 5s);
  EXPECT_EQ(run.end->plan_hash, "plan-hash");
  EXPECT_EQ(run.end->error, "IAM was away");
  EXPECT_EQ(run.end->counts, end.counts);
}

TEST_F(RunLedgerTest, TellsHowLongEachDeleteTookThatHasEndedSince) {
  const auto began = now;
  begin("run", {remove_of(kId), update_of(kId, "Writer", "Reader"), remove_of(PolicyId{"p2"})});
  send("run", 0, Command::Kind::remove);
  send("run", 1, Command::Kind::replace);
  send("run", 2, Command::Kind::remove);
  now += 3s;
  must(state->runs.record({"run", 0}, remove_of(kId), gone(), now));
  must(state->runs.record(
      {"run", 1}, update_of(kId, "Writer", "Reader"), done_with(kId, content_with("Reader")), now));
  must(state->runs.record(
      {"run", 2}, remove_of(PolicyId{"p2"}), not_done(OutcomeKind::unconfirmed, true), now));

  using Times = std::vector<std::chrono::milliseconds>;
  EXPECT_EQ(must(state->runs.deletion_times(began)), Times{3s});

  now += 57s;
  must(state->runs.record({"run", 2}, remove_of(PolicyId{"p2"}), gone(), now));
  EXPECT_EQ(must(state->runs.deletion_times(began + 3s)), Times{60s});
}

TEST_F(RunLedgerTest, NamesTheRunsWhoseDeletesNoUndoHasTakenBack) {
  const auto before = now - 1s;
  begin("run", {remove_of(kId), remove_of(PolicyId{"p2"}), create_of()});
  const auto first = now;
  for (const std::size_t number : {std::size_t{0}, std::size_t{1}}) {
    send("run", number, Command::Kind::remove);
    now += 3s;
  }
  send("run", 2, Command::Kind::create);
  must(state->runs.record({"run", 0}, remove_of(kId), gone(), now));
  must(state->runs.record({"run", 1}, remove_of(PolicyId{"p2"}), gone(), now));
  must(state->runs.record({"run", 2}, create_of(), done_with(kId, content_with("Reader")), now));

  const auto runs = must(state->runs.deletes_since(before));

  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].run, "run");
  EXPECT_EQ(runs[0].deletes, 2U);
  EXPECT_EQ(runs[0].first, first);
  EXPECT_TRUE(must(state->runs.deletes_since(now)).empty());

  RunStart undo{"undo", RunKind::undo, "ana", "", now};
  undo.undoes = "run";
  must(state->runs.begin(undo));
  EXPECT_TRUE(must(state->runs.deletes_since(before)).empty());
}

TEST_F(RunLedgerTest, GivesBackEachActionAsItWasWithItsOutcome) {
  const Action update = update_of(kId, "Reader", "Writer");
  const Outcome outcome = done_with(kId, content_with("Writer"));
  perform("run", update, outcome, Command::Kind::replace);
  reopen();

  const auto actions = found("run").actions;

  ASSERT_EQ(actions.size(), 1U);
  EXPECT_EQ(actions.front().action, update);
  ASSERT_EQ(actions.front().writes.size(), 1U);
  EXPECT_EQ(actions.front().writes.front().kind, Command::Kind::replace);
  ASSERT_TRUE(actions.front().outcome);
  EXPECT_EQ(actions.front().outcome->kind, OutcomeKind::done);
  EXPECT_TRUE(actions.front().outcome->wrote);
  EXPECT_EQ(actions.front().outcome->stored->policy, outcome.stored->policy);
  EXPECT_EQ(actions.front().outcome->stored->etag, outcome.stored->etag);
  EXPECT_EQ(actions.front().outcome->transaction_id, "transaction-1");
  EXPECT_EQ(actions.front().ended, now);
}

TEST_F(RunLedgerTest, KeepsTheErrorOfAnActionThatFailed) {
  const Outcome failed = not_done(OutcomeKind::failed, true);

  perform("run", create_of(), failed);

  EXPECT_EQ(found("run").actions.front().outcome->error, failed.error);
}

TEST_F(RunLedgerTest, NumbersTheActionsOfASecondPlanOnAndLeavesOutWhatIsHeld) {
  Action held = remove_of(kId);
  held.holds = {Hold{"maxDelete", "too many", "hash"}};
  begin("run", {create_of("kms"), held, create_of("hs-crypto")});

  const std::size_t first = must(state->runs.add_actions("run", std::vector{create_of("cos")}));

  EXPECT_EQ(first, 3U);
  const auto actions = found("run").actions;
  ASSERT_EQ(actions.size(), 3U);
  EXPECT_EQ(actions[0].ref.number, 0U);
  EXPECT_EQ(actions[1].ref.number, 2U);
  EXPECT_EQ(actions[2].ref.number, 3U);
}

TEST_F(RunLedgerTest, FindsARunByTheStartOfItsIdAndSaysWhenThatIsNotEnough) {
  begin("abc123");
  begin("abd456");
  begin("ab");

  EXPECT_EQ(found("abc").run.start.id, "abc123");
  EXPECT_EQ(found("ab").run.start.id, "ab");
  EXPECT_EQ(state->runs.find("a").error().code, ErrorCode::conflict);
  EXPECT_EQ(state->runs.find("%").error().code, ErrorCode::not_found);
}

TEST_F(RunLedgerTest, ListsTheNewestRunsFirst) {
  begin("first");
  begin("second");
  begin("third");

  const auto runs = must(state->runs.last(2));

  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].start.id, "third");
  EXPECT_EQ(runs[1].start.id, "second");
}

TEST_F(RunLedgerTest, RefusesASecondRunOfTheSameId) {
  begin("run");

  EXPECT_EQ(state->runs.begin({.id = "run"}).error().code, ErrorCode::conflict);
}

TEST_F(RunLedgerTest, RefusesAWriteOfWhatWasNotWrittenDown) {
  begin("run");

  EXPECT_FALSE(state->runs.will_write({"run", 0}, sending(Command::Kind::create), now));
  EXPECT_FALSE(state->runs.will_write({"other", 0}, sending(Command::Kind::create), now));
}

TEST_F(RunLedgerTest, KnowsAfterACrashWhichWritesNobodyKnowsTheEndOf) {
  begin("run", {create_of("kms"), create_of("cos"), update_of(kId, "Reader", "Writer")});
  send("run", 0, Command::Kind::create);
  send("run", 2, Command::Kind::replace);
  must(state->runs.record(
      {"run", 0}, create_of("kms"), done_with(kId, content_with("Reader")), now));
  reopen();

  const auto unknown = must(state->runs.unknown_outcomes());

  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_EQ(unknown.front().ref, (ActionRef{"run", 2}));
  EXPECT_EQ(unknown.front().action, update_of(kId, "Reader", "Writer"));
  EXPECT_EQ(unknown.front().writes.size(), 1U);

  must(state->runs.record(
      unknown.front().ref, unknown.front().action, done_with(kId, content_with("Writer")), now));
  EXPECT_TRUE(must(state->runs.unknown_outcomes()).empty());
}

TEST_F(RunLedgerTest, KeepsAWriteOpenUntilAReadTellsOfIt) {
  const Action update = update_of(kId, "Reader", "Writer");
  begin("run", {update});
  send("run", 0, Command::Kind::replace);
  must(state->runs.record({"run", 0}, update, not_done(OutcomeKind::unknown, true), now));
  must(state->runs.end("run", RunEnd{.ended = now}));
  reopen();

  ASSERT_EQ(must(state->runs.unknown_outcomes()).size(), 1U);
  EXPECT_EQ(found("run").actions.at(0).outcome->kind, OutcomeKind::unknown);
  EXPECT_EQ(found("run").run.end->counts, (RunCounts{.unknown = 1}));

  must(state->runs.record({"run", 0}, update, done_with(kId, content_with("Writer")), now));
  EXPECT_TRUE(must(state->runs.unknown_outcomes()).empty());
  EXPECT_EQ(found("run").run.end->counts, (RunCounts{.updated = 1}));
}

TEST_F(RunLedgerTest, UsesUpTheApprovalOfWhatMayHaveBeenDone) {
  const Action update = update_of(kId, "Writer", "Reader");
  const auto passes = approvals_on(kOurAccount, update);
  ASSERT_FALSE(passes.empty());
  const Grantor by{"ana", now, now + 24h};
  must(state->approvals.approve_hold("hash", "maxDelete", passes, by));
  begin("run", {update});
  send("run", 0, Command::Kind::replace);

  must(state->runs.record({"run", 0}, update, not_done(OutcomeKind::unknown, true), now));
  EXPECT_FALSE(must(state->approvals.passes(now, {})).empty()) << "a read may show it not done";

  must(state->runs.record({"run", 0}, update, not_done(OutcomeKind::refused, true), now));
  EXPECT_TRUE(must(state->approvals.passes(now, {})).empty());
}

TEST_F(RunLedgerTest, EndsTheRunsThatADeadProcessLeftOpen) {
  begin("dead");
  reopen();

  EXPECT_EQ(must(state->runs.end_interrupted(now)), std::vector<std::string>{"dead"});

  EXPECT_NE(found("dead").run.end->error.find("interrupted"), std::string::npos);
  EXPECT_TRUE(must(state->runs.end_interrupted(now)).empty());
}

TEST_F(RunLedgerTest, CountsTheWritesOfTheWindowAsTheRailsSeeThem) {
  perform("old", create_of("old"), done_with(PolicyId{"p0"}, content_with("Reader")));
  now += 25h;
  perform("a", create_of("kms"), done_with(kId, content_with("Reader")));
  perform("b", update_of(kId, "Reader", "Writer"), done_with(kId, content_with("Writer")));
  perform("c", remove_of(kId), gone(), Command::Kind::remove);
  Action narrower = update_of(kId, "Reader", "Reader");
  narrower.before->roles.insert("Writer");
  perform("d", narrower, done_with(kId, content_with("Reader")));
  perform("e", create_of("cos"), not_done(OutcomeKind::refused, false));
  begin("f", {create_of("lost")});
  send("f", 0, Command::Kind::create);

  const RailHistory window = must(state->runs.window(now - 24h));

  EXPECT_EQ(window.creates, 2U) << "one done, and one of which nobody knows";
  EXPECT_EQ(window.deletes, 3U) << "a delete, and two updates that take a role away";
  EXPECT_EQ(window.updates, 0U);
}

TEST_F(RunLedgerTest, CountsNoDeleteOfAGrantWhoseEndWasAnnounced) {
  Action expired = remove_of(kId);
  expired.reason = Reason::expired;
  expired.removal = Removal{};
  expired.removal->is_announced = true;

  perform("run", expired, gone(), Command::Kind::remove);

  EXPECT_EQ(must(state->runs.window(now - 24h)).deletes, 0U);
}

TEST_F(RunLedgerTest, EndsAnApprovalWithItsAction) {
  Plan plan;
  plan.account = kOurAccount;
  plan.actions = {remove_of(kId)};
  RailRules rules;
  rules.removal_grace.wait = {};  // another rail, with its own approval
  plan = apply_rails(plan, rules, {}, {});
  ASSERT_FALSE(plan.actions.front().holds.empty()) << "first deletes are held";
  const std::string hash = plan.actions.front().holds.front().hash;
  must(state->approvals.approve_hold(
      hash, "firstDeletes", approvals_of(plan, hash), {"ana", now, now + 24h}));
  const auto let_through = must(state->approvals.passes(now));
  EXPECT_TRUE(apply_rails(plan, rules, {}, let_through).actions.front().holds.empty());

  perform("run", remove_of(kId), gone(), Command::Kind::remove);

  EXPECT_TRUE(must(state->approvals.passes(now)).empty());
}

TEST_F(RunLedgerTest, RemembersHowManyWereOursWhenTheWindowBegan) {
  EXPECT_FALSE(must(state->runs.window(now)).ours_at_start);
  must(state->runs.note_ours(40, now));
  must(state->runs.note_ours(40, now + 1min));
  must(state->runs.note_ours(41, now + 2min));
  must(state->runs.note_ours(30, now + 2h));
  must(state->runs.note_ours(20, now + 30h));

  EXPECT_EQ(must(state->runs.window(now - 1h)).ours_at_start, 40U) << "a state that is younger";
  EXPECT_EQ(must(state->runs.window(now + 119s)).ours_at_start, 40U);
  EXPECT_EQ(must(state->runs.window(now + 2min)).ours_at_start, 41U) << "a window may be short";
  EXPECT_EQ(must(state->runs.window(now + 24h)).ours_at_start, 30U);
}

TEST_F(RunLedgerTest, CountsWhatIsFoundOutAfterTheProcessOfARunWasKilled) {
  const Action update = update_of(kId, "Writer", "Reader");
  begin("run", {remove_of(kId), update, remove_of(PolicyId{"p2"})});
  send("run", 0, Command::Kind::remove);
  must(state->runs.record({"run", 0}, remove_of(kId), gone(), now));
  send("run", 1, Command::Kind::replace);
  send("run", 2, Command::Kind::remove);
  must(state->runs.end_interrupted(now));

  EXPECT_EQ(found("run").run.end->counts, (RunCounts{.deleted = 1, .unknown = 2}));

  must(state->runs.record({"run", 2}, remove_of(PolicyId{"p2"}), gone(), now));
  must(state->runs.record({"run", 1}, update, not_done(OutcomeKind::refused, true), now));

  EXPECT_EQ(found("run").run.end->counts, (RunCounts{.deleted = 2, .failed = 1}));
}

TEST_F(RunLedgerTest, CountsADeleteThatIsSeenDoneAfterItsRunHasEnded) {
  begin("run", {remove_of(kId)});
  send("run", 0, Command::Kind::remove);
  must(state->runs.record(
      {"run", 0}, remove_of(kId), not_done(OutcomeKind::unconfirmed, true), now));
  must(state->runs.end("run", {now, "hash", {}, {.failed = 1}}));

  must(state->runs.record({"run", 0}, remove_of(kId), gone(), now));

  EXPECT_EQ(found("run").run.end->counts, (RunCounts{.deleted = 1}));
}

}  // namespace
}  // namespace authzd::test
