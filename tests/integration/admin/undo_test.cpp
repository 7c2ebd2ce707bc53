// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Undo in a daemon, requested at its socket: what is restored, what is pinned, and for how long.
#include "daemon/cycle/undo.hpp"

#include "daemon/cycle/bookkeeping.hpp"
#include "daemon/cycle/cycle_summary.hpp"
#include "tests/integration/admin/desk_fixture.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace authzd::test {
namespace {

using sandbox::Json;
using testing::HasSubstr;
using testing::Not;

class UndoDesk : public DeskTest {
 protected:
  UndoDesk() {
    spec.rails.limits.max_delete = 100;
    spec.rails.limits.max_delete_percent = 10'000;
  }

  /// Two grants; then a run that removed one of them, as its manifest was deleted.
  void SetUp() override {
    write_manifest("storage", {"kms"});
    write_manifest("backup", {"hs-crypto"});
    start();
    for (const unsigned uid : {1001U, 1002U}) {
      ASSERT_TRUE(
          state().approvals.approve_first_deletes({"the test", clock.now(), std::nullopt, uid}));
    }
    apply();
    std::filesystem::remove(directory / "manifests" / "backup.yaml");
    apply();
    ASSERT_EQ(ours(), 1U);
  }

  /// What a cycle would do, and then some time.
  void apply() {
    clock.advance(std::chrono::minutes(5));
    EXPECT_EQ(call({"apply", "--yes"}, console), 0) << console.complained();
    clock.advance(std::chrono::minutes(5));
  }

  /// Undoes the newest run.
  int undo() {
    const Result<int> code = call({"undo", last_run(), "--yes"}, console);
    clock.advance(std::chrono::minutes(5));
    return code ? *code : -1;
  }

  Plan plan_of_undo(const std::string& run) {
    const auto past = state().runs.find(run);
    if (!past) throw std::runtime_error(past.error().message);
    auto planned = during(plan_undo(*account, account->reading_beside(), *past));
    if (!planned) throw std::runtime_error(planned.error().message);
    return std::move(planned->planned.plan);
  }

  std::string last_run() { return state().runs.last(1)->front().start.id; }
  std::size_t pins() { return state().pins.list()->size(); }

  /// Active policies on hs-crypto: id and role.
  std::vector<std::pair<std::string, std::string>> backups() {
    sandbox.allow_admin(true);
    const auto reply = sandbox.handle({"GET", "/sandbox/v1/policies"}, clock.now());
    std::vector<std::pair<std::string, std::string>> found;
    const Json body = Json::parse(reply.response.body);
    for (const Json& each : body.at("policies")) {
      const bool is_it = each.dump().find("\"hs-crypto\"") != std::string::npos;
      if (!is_it || each.at("state") != "active") continue;
      found.emplace_back(each.at("id"),
                         each.at("control").at("grant").at("roles").at(0).at("role_id"));
    }
    return found;
  }

  TestConsole console;
};

/// A state in which no delete was ever approved.
class FirstUndo : public DeskTest {};

TEST_F(FirstUndo, TakesBackWhatTheVeryFirstRunMade) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;
  ASSERT_EQ(call({"apply", "--yes"}, console), 0);
  const std::string run = state().runs.last(1)->front().start.id;

  EXPECT_EQ(call({"undo", run, "--yes"}, console), 0) << console.complained();

  EXPECT_EQ(ours(), 0U);
}

TEST_F(UndoDesk, IsToldToWhoWatchesTheDaemonAsAnApplyIs) {
  std::vector<CycleSummary> told;
  daemon->on_asked([&](const AccountRuntime& who, const Performed& performed) {
    told.push_back(summary_of(who, performed, clock.now()));
  });

  undo();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].created, 1U);
  EXPECT_EQ(told[0].deleted, 0U);
  EXPECT_EQ(told[0].run, last_run());
  EXPECT_EQ(told[0].done_by, "undo of run " + told[0].undoes + ", by " + told[0].asked_by);
  EXPECT_NE(told[0].asked_by, "");

  write_manifest("files", {"kms"}, "is");
  apply();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].created, 1U);
  EXPECT_EQ(told[1].done_by, "apply, by " + told[1].asked_by);
}

TEST_F(UndoDesk, BringsBackWhatARunRemovedAfterAYesAndPinsIt) {
  const std::string run = last_run();
  console.answers = {"yes"};

  EXPECT_EQ(call({"undo", run.substr(0, 8)}, console), 0) << console.complained();

  ASSERT_EQ(console.questions.size(), 1U);
  EXPECT_THAT(console.questions[0], HasSubstr("Undo this run in this way?"));
  EXPECT_THAT(console.shown(), HasSubstr("Applied: 1 created"));
  EXPECT_EQ(ours(), 2U);
  EXPECT_EQ(pins(), 1U);
  const auto undone = state().runs.last(1)->front();
  EXPECT_EQ(undone.start.kind, RunKind::undo);
  EXPECT_THAT(undone.start.who, HasSubstr("(uid "));
}

TEST_F(UndoDesk, SaysUntilWhenPoliciesComeBackWithTheirIds) {
  const std::string run = last_run();
  console.answers = {"no"};

  ASSERT_TRUE(call({"undo", run}, console));
  EXPECT_THAT(console.complained(), HasSubstr("can be brought back with their ids until 20"));

  TestConsole later;
  clock.advance(std::chrono::hours(24 * 10));
  EXPECT_EQ(call({"undo", run, "--yes"}, later), 0) << later.complained();
  EXPECT_THAT(later.complained(), HasSubstr("comes back with a new id"));
  EXPECT_THAT(later.shown(), HasSubstr("the policy that replaces it has another id"));
  EXPECT_EQ(ours(), 2U);
}

TEST_F(UndoDesk, IsAnnouncedTwoDaysBeforeItsIdsAreGone) {
  const std::string run = last_run();
  const auto ending = [this] {  // as a cycle would report it now
    account->status().last_run.emplace().ended = clock.now();
    return summary_of(*account, CycleEnd{}).ending_undos;
  };
  clock.advance(std::chrono::hours(24 * 7));
  EXPECT_TRUE(ending().empty());

  clock.advance(std::chrono::hours(25));
  ASSERT_EQ(ending().size(), 1U);
  EXPECT_EQ(ending()[0].run, run);
  EXPECT_EQ(ending()[0].deletes, 1U);

  EXPECT_EQ(undo(), 0);
  EXPECT_TRUE(ending().empty());
}

/// One delete per day, and it has been done.
class FullUndoDesk : public UndoDesk {
 protected:
  FullUndoDesk() { spec.rails.limits.max_delete = 1; }
};

TEST_F(FullUndoDesk, IsHeldByTheRailsWhateverTheAnswerAndLetThroughByItsPlan) {
  ASSERT_EQ(undo(), 0);
  const std::string run = last_run();
  TestConsole asked;
  asked.answers = {"yes"};
  EXPECT_EQ(call({"undo", run}, asked), 3);
  EXPECT_THAT(asked.shown(), HasSubstr("Held by maxDelete"));
  EXPECT_EQ(call({"undo", run, "--yes"}, console), 3);
  EXPECT_EQ(ours(), 2U);
  const std::string command = "authzd undo " + run + " --plan-hash ";
  const auto at = asked.shown().find(command);
  ASSERT_NE(at, std::string::npos) << asked.shown();

  EXPECT_EQ(
      call({"undo", run, "--plan-hash", asked.shown().substr(at + command.size(), 64)}, console),
      0);

  EXPECT_EQ(ours(), 1U);
}

/// What is held of an undo needs two people; a hash alone replaces neither.
class UndoOfTwo : public FullUndoDesk {
 protected:
  UndoOfTwo() { spec.approvers.need = 2; }
};

TEST_F(UndoOfTwo, IsDoneOnceBothHaveApprovedWhatItShowsAsHeld) {
  ASSERT_EQ(undo(), 0);
  const std::string run = last_run();
  TestConsole shown;
  shown.answers = {"yes"};
  EXPECT_EQ(call({"undo", run}, shown), 3);
  const std::string label = "authzd approve ";
  const auto at = shown.shown().find(label);
  ASSERT_NE(at, std::string::npos) << shown.shown();
  const std::string hash = shown.shown().substr(at + label.size(), 64);
  EXPECT_THAT(shown.shown(), HasSubstr("authzd approve " + hash + " --undo " + run + "\n"));
  EXPECT_THAT(shown.shown(), Not(HasSubstr("--plan-hash"))) << "which lets nothing through";

  TestConsole first;
  EXPECT_EQ(call({"approve", hash, "--undo", run, "--yes"}, first), 0) << first.complained();
  EXPECT_THAT(first.shown(), HasSubstr("more have approved it"));
  const auto approvals = state().approvals.list(clock.now());
  ASSERT_TRUE(approvals);
  ASSERT_EQ(approvals->front().subject, hash);
  EXPECT_EQ(call({"undo", run, "--yes"}, *std::make_unique<TestConsole>()), 3) << "one alone";

  // The test process has no login of its own.
  const auto planned = plan_of_undo(run);
  for (const unsigned uid : {1001U, 1002U}) {
    const Grantor by{"somebody", clock.now(), clock.now() + std::chrono::hours(24), uid};
    ASSERT_TRUE(approve(account->state(), planned, hash, by));
  }
  EXPECT_EQ(call({"undo", run, "--yes"}, console), 0) << console.complained();
  EXPECT_EQ(ours(), 1U);
}

/// IAM does not have the manifest's `protect` yet.
TEST_F(FirstUndo, TakesNothingAwayThatAManifestProtectsByNow) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;
  ASSERT_EQ(call({"apply", "--yes"}, console), 0);
  const std::string run = state().runs.last(1)->front().start.id;
  std::ofstream(directory / "manifests" / "storage.yaml", std::ios::app) << "  protect: true\n";

  EXPECT_EQ(call({"undo", run, "--yes"}, console), 5) << console.complained();

  EXPECT_THAT(console.shown(), HasSubstr("is protected by its manifest and "));
  EXPECT_EQ(ours(), 1U);
  EXPECT_TRUE(state().pins.list()->empty());
}

class GracedUndo : public DeskTest {
 protected:
  GracedUndo() { spec.rails.removal_grace.wait = std::chrono::hours(1); }
};

TEST_F(GracedUndo, OfAccessToKeysIsLetThroughByItsPlanAsTheHoldSays) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole asked;
  ASSERT_EQ(call({"apply", "--yes"}, asked), 0);
  const std::string run = state().runs.last(1)->front().start.id;
  asked.answers = {"yes"};
  EXPECT_EQ(call({"undo", run}, asked), 3);
  EXPECT_THAT(asked.shown(), HasSubstr("which no cycle does later, as this is an undo"));
  const std::string command = "authzd undo " + run + " --plan-hash ";
  const auto at = asked.shown().find(command);
  ASSERT_NE(at, std::string::npos) << asked.shown();

  TestConsole reviewed;
  const std::string hash = asked.shown().substr(at + command.size(), 64);
  EXPECT_EQ(call({"undo", run, "--plan-hash", hash}, reviewed), 0) << reviewed.complained();

  EXPECT_EQ(ours(), 0U);
}

TEST_F(UndoDesk, IsLeftAloneByWhatFollowsUntilItIsUnpinned) {
  ASSERT_EQ(undo(), 0);
  const auto brought_back = backups();
  ASSERT_EQ(brought_back.size(), 1U);
  apply();
  EXPECT_EQ(backups(), brought_back) << "no manifest wants it, and it went again";

  Json control;
  control["grant"]["roles"][0]["role_id"] = "crn:v1:bluemix:public:iam::::serviceRole:Writer";
  const Json change{{"control", control}};
  ASSERT_TRUE(sandbox.edit(brought_back[0].first, change.dump(), clock.now()));
  apply();
  EXPECT_EQ(backups()[0].second, control["grant"]["roles"][0]["role_id"]) << "drift was repaired";

  ASSERT_TRUE(state().rails.keep_removals({"from before the undo"}, clock.now()));
  TestConsole unpinned;
  EXPECT_EQ(call({"unpin", "backup"}, unpinned), 0) << unpinned.complained();
  EXPECT_TRUE(state().rails.removals()->empty()) << "a removal would not be shown as ending";
  EXPECT_THAT(unpinned.shown(), HasSubstr("Unpinned "));
  apply();
  EXPECT_TRUE(backups().empty());
}

TEST_F(UndoDesk, IsUndoneInItsTurnAndThenNothingIsPinned) {
  ASSERT_EQ(undo(), 0);
  ASSERT_EQ(ours(), 2U);

  EXPECT_EQ(undo(), 0) << console.complained();

  EXPECT_EQ(ours(), 1U);
  EXPECT_EQ(pins(), 0U) << "what it brought back is what the manifests want";
  write_manifest("backup", {"hs-crypto"});
  apply();
  EXPECT_EQ(ours(), 2U) << "and the manifests count again";
}

TEST_F(UndoDesk, LeavesNoPinWhereIamRefusedIt) {
  for (const char* method : {"POST", "PATCH"}) {
    ASSERT_TRUE(sandbox.inject({.method = method, .path = "/policies", .times = 0, .status = 403}));
  }

  EXPECT_NE(undo(), 0);

  EXPECT_EQ(ours(), 1U);
  EXPECT_EQ(pins(), 0U) << "a key that the undo did not touch is left alone for ever";
}

TEST_F(UndoDesk, LeavesThePinsOfAnEarlierUndoWhereAnotherOneFails) {
  ASSERT_EQ(undo(), 0);
  const auto before = state().pins.list();
  ASSERT_TRUE(sandbox.inject({.method = "DELETE", .path = "/policies", .times = 0, .status = 403}));

  EXPECT_NE(undo(), 0);

  const auto after = state().pins.list();
  ASSERT_TRUE(before && after);
  ASSERT_EQ(after->size(), 1U);
  EXPECT_EQ(after->front().run, before->front().run);
  EXPECT_EQ(ours(), 2U);
}

void write_rules(const std::filesystem::path& directory, const std::string& list) {
  std::ofstream(directory / "manifests" / "rules.yaml")
      << "apiVersion: authzd/v1\nkind: Assertion\nmetadata: {name: keys}\nspec:\n  " << list
      << "\n";
}

class AllowedUndo : public UndoDesk {
 protected:
  AllowedUndo() { spec.rails.allow.roles = {"Reader"}; }
};

TEST_F(AllowedUndo, KnowsRolesByTheNamesOfTheRail) {
  EXPECT_EQ(undo(), 0) << console.complained();

  EXPECT_EQ(ours(), 2U);
}

TEST_F(UndoDesk, ShowsRolesByTheirNames) {
  EXPECT_EQ(undo(), 0);

  EXPECT_THAT(console.shown(), HasSubstr("+ server-protect → hs-crypto : Reader\n"));
  EXPECT_THAT(console.shown(), Not(HasSubstr("serviceRole")));
}

TEST_F(FirstUndo, TakesNothingAwayThatAnAssertionKeeps) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;
  ASSERT_EQ(call({"apply", "--yes"}, console), 0);
  const std::string run = state().runs.last(1)->front().start.id;
  write_rules(directory, "always: [{target: {service: kms}, roles: [Reader]}]");

  EXPECT_EQ(call({"undo", run, "--yes"}, console), 5) << console.complained();

  EXPECT_THAT(console.shown(), HasSubstr("not deleted: the assertion \"keys\" "));
  EXPECT_THAT(console.shown(), HasSubstr("Assertions: 1 holds, 0 violated, 0 undecided"));
  EXPECT_EQ(ours(), 1U);
  EXPECT_TRUE(state().pins.list()->empty());
}

TEST_F(UndoDesk, BringsNothingBackThatAnAssertionForbids) {
  write_rules(directory, "never: [{target: {service: hs-crypto}, roles: [Reader]}]");

  EXPECT_EQ(undo(), 5) << console.complained();

  EXPECT_THAT(console.shown(), HasSubstr("not created: the assertion \"keys\" "));
  EXPECT_EQ(ours(), 1U);
  EXPECT_EQ(pins(), 0U);
}

TEST_F(UndoDesk, TellsThatAssertionsHoldAndGoesOn) {
  write_rules(directory, "never: [{target: {service: kms}, source: {service: is}}]");

  EXPECT_EQ(undo(), 0) << console.complained();

  EXPECT_THAT(console.shown(), HasSubstr("Assertions: 1 holds, 0 violated, 0 undecided"));
  EXPECT_EQ(ours(), 2U);
}

}  // namespace
}  // namespace authzd::test
