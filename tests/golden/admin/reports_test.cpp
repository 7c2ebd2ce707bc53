// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What `status`, `runs` and `show` print, as files that a reviewer reads.
#include "daemon/cli/run_report.hpp"
#include "daemon/status/status_report.hpp"
#include "reconciler/report/layout.hpp"
#include "tests/golden/golden_files.hpp"
#include "tests/support/model_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const Timestamp kNow{std::chrono::milliseconds{1'800'000'000'000}};
const std::string kHash = "3fa9c1d2e4b5a6978877665544332211ffeeddccbbaa00998877665544332211";

void expect_golden(const std::string& name, const std::string& actual) {
  EXPECT_EQ(actual, golden::expected_text("tests/golden/admin", name, ".expected", actual));
}

Commit commit_of(const std::string& revision) {
  return {revision,
          "Ada Lovelace",
          "Give disks their key",
          kNow - 4h,
          "https://github.com/org/repo/commit/" + revision};
}

AccountStatus ready(const std::string& name) {
  AccountStatus status;
  status.name = name;
  status.id = kAccount;
  status.mode = Mode::sync;
  status.ready = {true, "InSync", "", kNow - 3h};
  status.attempted_revision = "4f2a91c0d3e18877665544332211ffeeddccbbaa";
  status.applied_revision = status.attempted_revision;
  status.attempted_commit = status.applied_commit = commit_of(status.applied_revision);
  LastRun run;
  run.id = "3b700ce9c70c";
  run.began = kNow - 2min - 2s;
  run.ended = kNow - 2min;
  run.revision = status.applied_revision;
  run.policies = 41;
  run.planned.in_sync = 37;
  run.planned.creates = 1;
  run.created = 1;
  status.last_run = run;
  status.next_cycle = kNow + 3min;
  return status;
}

AccountStatus held() {
  AccountStatus status = ready("payments");
  status.policies = 3'700;
  status.policy_limit = 4'020;
  status.ready = {false, "Held", "a rail holds 12 actions", kNow - 50min, ConditionReason::held};
  status.held = {true, "Rails", "maxDelete", kNow - 50min};
  status.last_run->planned.held = 12;
  status.holds = {
      {kHash, "maxDelete", "maxDelete: 12 deletes are more than the 10 allowed in 24h", 12}};
  return status;
}

AccountStatus stalled() {
  AccountStatus status = ready("staging");
  status.ready = {false, "PartialView", "the list lacks policy p-1, which is ours", kNow - 26h};
  status.stalled = status.ready;
  status.stalled.is_true = true;
  status.attempted_revision = "dir:e9e5df3a9d86";
  status.attempted_commit = {};
  status.failing = {{"backup",
                     PolicyId{"p-7"},
                     "QuotaExceeded",
                     "the account holds 4020 policies, which is all it may",
                     kNow + 40min}};
  return status;
}

AccountStatus refused() {
  AccountStatus status = ready("test");
  status.ready = {false,
                  "RevisionRefused",
                  "the manifests have 1 error",
                  kNow - 5min,
                  ConditionReason::revision_refused};
  status.attempted_revision = std::string(40, 'b');
  status.attempted_commit = {status.attempted_revision, "Eve \x1b[31m", "Trust \"me\"\n", {}, ""};
  return status;
}

AccountStatus starting() {
  AccountStatus status;
  status.name = "new";
  status.id = kAccount;
  status.mode = Mode::observe;
  status.reconciling = {true, "Cycle", "", kNow};
  return status;
}

AccountStatus suspended() {
  AccountStatus status = ready("frozen");
  status.is_suspended = true;
  return status;
}

const std::vector<AccountStatus> kAll{
    ready("production"), held(), stalled(), refused(), starting(), suspended()};

RunSummary summary(const std::string& id, RunKind kind, const std::string& who) {
  RunSummary run;
  run.start = {id, kind, who, "4f2a91c0d3e1", kNow - 5min};
  RunEnd end;
  end.ended = kNow - 5min + 3s;
  end.plan_hash = kHash;
  end.counts.created = 1;
  end.counts.deleted = 1;
  run.end = end;
  return run;
}

AccountRun full_run() {
  const WantedGrant grant = wanted("storage", "server-protect", "kms");
  const Observed policy = ours("p-1", grant);
  Action create;
  create.verb = Verb::create;
  create.name = "storage";
  create.after = policy.content;
  create.reason = Reason::missing;
  create.risk = Risk::widening;
  RecordedAction done{{"3b700ce9c70c", 0}, create, {{Command::Kind::create, kNow}}, {}, kNow};
  done.outcome.emplace();
  done.outcome->kind = OutcomeKind::done;
  done.outcome->wrote = true;
  done.outcome->stored = Versioned{policy, Etag{"1"}};
  done.outcome->transaction_id = "tx-1";
  Action remove = create;
  remove.verb = Verb::remove;
  remove.before = create.after;
  remove.after.reset();
  remove.id = PolicyId{"p-1"};
  remove.reason = Reason::not_desired;
  remove.risk = Risk::narrowing;
  RecordedAction failed{{"3b700ce9c70c", 1}, remove, {}, {}, kNow};
  failed.outcome.emplace();
  failed.outcome->action = 1;
  failed.outcome->kind = OutcomeKind::failed;
  failed.outcome->error = Error{ErrorCode::forbidden, "the identity may not delete policies"};
  RecordedAction open{{"3b700ce9c70c", 2}, remove, {{Command::Kind::remove, kNow}}, {}, {}};
  return {"production",
          kAccount,
          {summary("3b700ce9c70c", RunKind::apply, "alice (uid 1000)"), {done, failed, open}},
          commit_of("4f2a91c0d3e18877665544332211ffeeddccbbaa")};
}

std::vector<AccountRuns> some_runs() {
  RunSummary open = summary("9d0f00000001", RunKind::undo, "bob (uid 1001)");
  open.end.reset();
  RunSummary failed = summary("77aa00000002", RunKind::cycle, "");
  failed.end->counts = {
      .created = 0, .updated = 2, .deleted = 0, .failed = 1, .held = 3, .conflicts = 1};
  RunSummary broken = summary("5c1e00000003", RunKind::cycle, "");
  broken.end->counts = {};
  broken.end->error = "listing policies: IAM answered 503";
  RunSummary killed = summary("61bd00000004", RunKind::cycle, "");
  killed.end->counts = {.deleted = 2, .failed = 0, .unknown = 1};
  killed.end->error = "interrupted: the process ended before the run did";
  return {{"production",
           kAccount,
           {open, summary("3b700ce9c70c", RunKind::apply, "alice (uid 1000)"), failed, killed}},
          {"staging", kAccount, {broken}}};
}

const RefusedReload kRefused{kNow - 7min,
                             "/etc/authzd/authzd.yaml:3:7: error: mode: unknown mode \"sink\""};

TEST(Reports, ShowStatusToAPerson) {
  expect_golden("status-text", status_text({kAll, kRefused}, kNow, {}));
}

TEST(Reports, ShowAnAccountThatIsWellInOneLine) {
  expect_golden("status-well", status_text({{ready("production")}}, kNow, {}));
}

TEST(Reports, ShowStatusToAProgram) {
  expect_golden("status-json", status_json({kAll, kRefused}));
}

TEST(Reports, ShowRuns) {
  expect_golden("runs-text", runs_text(some_runs(), kNow));
  expect_golden("runs-json", runs_json(some_runs()));
  expect_golden("runs-later", runs_text(some_runs(), kNow + std::chrono::hours(240)));
  EXPECT_EQ(runs_text({}, kNow), "No runs are recorded.\n");
}

TEST(Reports, ShowOneRun) {
  expect_golden("show-text", run_text(full_run(), kNow, {}));
  expect_golden("show-later", run_text(full_run(), kNow + std::chrono::hours(240), {}));
  expect_golden("show-json", run_json(full_run()));
}

/// 299 adoptions are one line; what failed among them, and each delete, is not.
TEST(Reports, ShowARunOfManyLookAlikesShortly) {
  AccountRun run = full_run();
  RecordedAction adopted = run.detail.actions.front();
  adopted.action.verb = Verb::update;
  adopted.action.reason = Reason::adopted;
  adopted.action.risk = Risk::neutral;
  adopted.action.before = adopted.action.after;
  adopted.action.before->description.clear();
  run.detail.actions.insert(run.detail.actions.begin(), 299, adopted);
  RecordedAction& failed = run.detail.actions[7];
  failed.outcome->kind = OutcomeKind::failed;
  failed.outcome->error = Error{ErrorCode::forbidden, "not this one"};

  const std::string text = run_text(run, kNow, {});

  EXPECT_NE(text.find("298 alike · neutral · Adopted, marker only; --full shows each"), text.npos)
      << text;
  EXPECT_NE(text.find("not this one"), text.npos);
  EXPECT_NE(text.find("the identity may not delete policies"), text.npos);
  EXPECT_LT(std::ranges::count(text, '\n'), 60);
  EXPECT_GT(std::ranges::count(run_text(run, kNow, {}, {.alike = true}), '\n'), 299 * 4);
}

TEST(Reports, FitTheirTablesIntoATerminal) {
  for (const std::size_t width : {120U, 100U, 80U}) {
    for (const std::string& text : {runs_text(some_runs(), kNow, width),
                                    status_text({{ready("production")}}, kNow, {.width = width})}) {
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), width) << line;
    }
  }
}

}  // namespace
}  // namespace authzd::test
