// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Undo in a daemon, asked for at its socket: what comes back, what is pinned, and for how long.
#include "daemon/run/cycle_summary.hpp"
#include "tests/integration/admin/desk_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using sandbox::Json;
using testing::HasSubstr;

class UndoDesk : public DeskTest {
 protected:
  UndoDesk() {
    spec.rails.limits.max_delete = 100;
    spec.rails.limits.max_delete_percent = 10'000;
  }

  /// Two grants; then a run that removed one of them, for a manifest that went.
  void SetUp() override {
    write_manifest("storage", {"kms"});
    write_manifest("backup", {"hs-crypto"});
    start();
    ASSERT_TRUE(state().approvals.approve_first_deletes({"the test", clock.now()}));
    apply();
    std::filesystem::remove(directory / "manifests" / "backup.yaml");
    apply();
    ASSERT_EQ(ours(), 1U);
  }

  /// What a cycle would do, and some time.
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

/// A state that has never let a delete through.
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

  write_manifest("files", {"kms"}, "is");
  apply();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].created, 1U);
}

TEST_F(UndoDesk, BringsBackWhatARunRemovedAfterAYesAndPinsIt) {
  const std::string run = last_run();
  console.answers = {"yes"};

  EXPECT_EQ(call({"undo", run.substr(0, 6)}, console), 0) << console.complained();

  ASSERT_EQ(console.questions.size(), 1U);
  EXPECT_THAT(console.questions[0], HasSubstr("Undo this run so?"));
  EXPECT_THAT(console.shown(), HasSubstr("Applied: 1 created"));
  EXPECT_EQ(ours(), 2U);
  EXPECT_EQ(pins(), 1U);
  const auto undone = state().runs.last(1)->front();
  EXPECT_EQ(undone.start.kind, RunKind::undo);
  EXPECT_THAT(undone.start.who, HasSubstr("(uid "));
}

TEST_F(UndoDesk, IsLeftAloneByWhatFollowsUntilItIsUnpinned) {
  ASSERT_EQ(undo(), 0);
  const auto brought_back = backups();
  ASSERT_EQ(brought_back.size(), 1U);
  apply();
  EXPECT_EQ(backups(), brought_back) << "no manifest wants it, and it went again";

  Json control;
  control["grant"]["roles"][0]["role_id"] =
      "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";
  const Json change{{"control", control}};
  ASSERT_TRUE(sandbox.edit(brought_back[0].first, change.dump(), clock.now()));
  apply();
  EXPECT_EQ(backups()[0].second, control["grant"]["roles"][0]["role_id"]) << "drift was repaired";

  TestConsole unpinned;
  EXPECT_EQ(call({"unpin", "backup"}, unpinned), 0) << unpinned.complained();
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

}  // namespace
}  // namespace authzd::test
