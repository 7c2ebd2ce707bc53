// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a person approves at the admin socket, and nothing else: `approve`, and `apply --plan-hash`.

#include "tests/integration/admin/desk_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// The word of 64 digits after `label` in a command's output.
std::string hash_behind(const std::string& label, const std::string& text) {
  const auto at = text.find(label);
  return at == std::string::npos ? "" : text.substr(at + label.size(), 64);
}

/// A directory with authors, like a repository.
class AuthoredSource final : public Source {
 public:
  explicit AuthoredSource(std::shared_ptr<Source> files) : files_(std::move(files)) {}

  Async<Fetched> fetch(std::vector<std::string> paths, std::string known) override {
    co_return co_await files_->fetch(std::move(paths), std::move(known));
  }
  Async<bool> still_holds(std::vector<std::string> paths, std::string revision) override {
    co_return co_await files_->still_holds(std::move(paths), std::move(revision));
  }
  Async<Lineage> lineage(std::string, std::string) override { co_return how; }
  Async<Authors> authors(std::string, std::string) override { co_return wrote; }

  Authors wrote;
  Lineage how = Lineage::follows;

 private:
  std::shared_ptr<Source> files_;
};

/// Two policies of our own; the manifest of one is gone: its delete is the account's first.
class ApproveDesk : public DeskTest {
 protected:
  void SetUp() override {
    write_manifest("storage", {"kms"});
    write_manifest("backup", {"hs-crypto"});
    start();
    TestConsole own;
    ASSERT_EQ(call({"apply", "--yes"}, own), 0) << own.complained();
    drop("backup");
    TestConsole held;
    ASSERT_EQ(call({"plan", "--detailed-exitcode"}, held), 3) << held.shown();
    hold = hash_behind("authzd approve ", held.shown());
    plan = hash_behind("--plan-hash ", held.shown());
    ASSERT_EQ(hold.size(), 64U);
    ASSERT_EQ(plan.size(), 64U);
  }

  void drop(const std::string& name) {
    std::filesystem::remove(directory / "manifests" / (name + ".yaml"));
  }

  /// A twin with the same owner and key made a policy that this state does not know.
  void make_the_state_older() {
    clock.advance(1h);
    write_manifest("files", {"kms"}, "is");
    const auto twin = open();
    const StopToken nobody_stops;
    ASSERT_TRUE(during(run_cycle(*twin, "of-a-twin", nobody_stops)).performed);
    ASSERT_EQ(ours(), 3U);
  }

  std::size_t after_apply() {
    TestConsole own;
    (void)call({"apply", "--yes"}, own);
    return ours();
  }

  std::string hold;
  std::string plan;
  TestConsole console;
};

TEST_F(ApproveDesk, ShowsWhatIsCoveredAndAsks) {
  console.answers = {"yes"};

  EXPECT_EQ(call({"approve", hold}, console), 0) << console.complained();

  EXPECT_THAT(console.questions, ElementsAre("Approve exactly this?"));
  EXPECT_THAT(console.shown(), HasSubstr("- server-protect → hs-crypto : Reader"));
  EXPECT_THAT(console.shown(), HasSubstr("Approved by "));
  EXPECT_EQ(after_apply(), 1U);
}

TEST_F(ApproveDesk, AsksIamNothingWhereACycleHasShownTheHold) {
  TestConsole cycle;
  ASSERT_EQ(call_with_cycles({"sync", "--wait"}, cycle), 3) << cycle.complained();
  std::size_t requests = 0;
  http->intercept = [&requests](const HttpRequest&) -> std::optional<HttpResponse> {
    ++requests;
    return std::nullopt;
  };

  EXPECT_EQ(call({"approve", "--yes", hold}, console), 0) << console.complained();

  EXPECT_EQ(requests, 0U);
  EXPECT_THAT(console.shown(), HasSubstr("- server-protect → hs-crypto : Reader"));
  TestConsole approvals;
  EXPECT_EQ(call({"approvals"}, approvals), 0);
  EXPECT_THAT(approvals.shown(), HasSubstr(hold.substr(0, 32)));
}

TEST_F(ApproveDesk, ApprovesNothingAfterANo) {
  console.answers = {"no"};

  EXPECT_EQ(call({"approve", hold}, console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("Nothing was done."));
  EXPECT_EQ(after_apply(), 2U);
}

TEST_F(ApproveDesk, ApprovesNothingWhereNobodyCanBeAsked) {
  console.can_ask = false;

  EXPECT_EQ(call({"approve", hold}, console), 64);

  EXPECT_THAT(console.complained(), HasSubstr("add --yes"));
  EXPECT_EQ(after_apply(), 2U);
}

TEST_F(ApproveDesk, TakesNoHashThatSomebodyCouldImitate) {
  EXPECT_EQ(call({"approve", "--yes", hold.substr(0, 31)}, console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("is too short: give at least 32 digits"));
  EXPECT_THAT(console.complained(), HasSubstr(hold)) << "says what is held";
  EXPECT_EQ(after_apply(), 2U);
}

TEST_F(ApproveDesk, ApprovesNothingThatChangedWhileThePersonRead) {
  console.answers = {"yes"};
  console.meanwhile = [this]() -> boost::asio::awaitable<void> {
    drop("storage");
    co_return;
  };

  EXPECT_EQ(call({"approve", hold}, console), 4) << "no manifest is left";

  EXPECT_THAT(console.complained(), HasSubstr("nothing is held under " + hold));
  EXPECT_EQ(after_apply(), 2U);
}

TEST_F(ApproveDesk, CountsThoughNoCycleHasSeenYetThatTheStateIsOlder) {
  make_the_state_older();

  EXPECT_EQ(call({"approve", "--yes", hold}, console), 0) << console.complained();

  EXPECT_EQ(after_apply(), 2U);
}

TEST_F(ApproveDesk, CountsForARevisionThoughNoCycleHasSeenYetThatTheStateIsOlder) {
  make_the_state_older();
  ASSERT_TRUE(state().revisions.keep_attempted({"rewritten", clock.now(), "does not descend"}));

  EXPECT_EQ(call({"approve", "--yes", "rewritten"}, console), 0) << console.complained();
  TestConsole own;
  (void)call({"apply", "--yes"}, own);

  const auto counts = state().approvals.is_revision_approved("rewritten", clock.now());
  EXPECT_TRUE(counts && *counts) << "the first cycle dropped it";
}

TEST_F(ApproveDesk, TakesTheHashOfAPlanWhole) {
  EXPECT_EQ(call({"approve", "--yes", plan.substr(0, 40)}, console), 1);
  clock.advance(23h);

  EXPECT_EQ(call({"approve", "--yes", plan}, console), 0) << console.complained();

  EXPECT_EQ(after_apply(), 1U);
}

TEST_F(ApproveDesk, TakesTheHashOfAPlanForItsTimeOnly) {
  clock.advance(24h + 1s);

  EXPECT_EQ(call({"approve", "--yes", plan}, console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("longer ago than rails.approvalTtl"));
  EXPECT_EQ(after_apply(), 2U);
}

TEST_F(ApproveDesk, AppliesAReviewedPlanWithWhatItShowedAsHeld) {
  EXPECT_EQ(call({"apply", "--plan-hash", plan}, console), 0) << console.complained();

  EXPECT_EQ(ours(), 1U);
  EXPECT_EQ(call({"apply", "--plan-hash", plan}, console), 0) << "the job runs again";
}

TEST_F(ApproveDesk, AppliesNoPlanThatWasReviewedTooLongAgo) {
  clock.advance(24h + 1s);

  EXPECT_EQ(call({"apply", "--plan-hash", plan}, console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("is older than rails.approvalTtl (1d)"));
  EXPECT_EQ(ours(), 2U);
  const std::string now = hash_behind("Plan hash ", console.shown());
  EXPECT_EQ(call({"apply", "--plan-hash", now}, console), 0) << "as the message advises";
  EXPECT_EQ(ours(), 1U);
}

/// The actions are the same, but not what holds them.
TEST_F(ApproveDesk, AppliesNoReviewedPlanOfWhichAnotherRailHoldsSomethingNow) {
  ASSERT_TRUE(state().approvals.approve_first_deletes({"ada", clock.now(), std::nullopt}));
  TestConsole free;
  ASSERT_EQ(call({"plan"}, free), 0);
  const std::string reviewed = hash_behind("Plan hash ", free.shown());
  ASSERT_THAT(free.shown(), HasSubstr("0 held"));
  for (int i = 0; i < 10; ++i) {
    const std::string run = "window" + std::to_string(i);
    Action action;
    action.verb = Verb::remove;
    action.removal = Removal{};
    ASSERT_TRUE(state().runs.begin({.id = run, .began = clock.now()}));
    const auto first = state().runs.add_actions(run, {&action, 1});
    ASSERT_TRUE(first);
    Command command;
    command.kind = Command::Kind::remove;
    ASSERT_TRUE(state().runs.will_write({run, *first}, command, clock.now()));
    Outcome outcome;
    outcome.wrote = true;
    ASSERT_TRUE(state().runs.record({run, *first}, action, outcome, clock.now()));
  }

  EXPECT_EQ(call({"apply", "--plan-hash", reviewed}, console), 1);

  EXPECT_THAT(console.shown(), HasSubstr("Held by maxDelete"));
  EXPECT_THAT(console.complained(), HasSubstr("which --plan-hash does not name"));
  EXPECT_EQ(ours(), 2U);
}

TEST_F(ApproveDesk, UndoesNothingByTwoDigits) {
  const std::string run = state().runs.last(1)->front().start.id;

  EXPECT_EQ(call({"undo", run.substr(0, 2), "--yes"}, console), 64);

  EXPECT_THAT(console.complained(), HasSubstr("is too short: give at least 8 digits"));
  EXPECT_EQ(ours(), 2U);
}

/// Two rails hold the one delete.
class ApproveDeskOfTwoRails : public ApproveDesk {
 protected:
  ApproveDeskOfTwoRails() { spec.rails.limits.max_delete = 0; }
};

TEST_F(ApproveDeskOfTwoRails, TakesOneHashForAllThatIsHeld) {
  console.answers = {"yes"};

  EXPECT_EQ(call({"approve", hold.substr(0, 40)}, console), 0) << console.complained();

  EXPECT_THAT(console.questions, ElementsAre("Approve exactly this?"));
  EXPECT_THAT(console.shown(), HasSubstr("To approve: maxDelete"));
  EXPECT_THAT(console.shown(), HasSubstr("To approve: firstDeletes"));
  EXPECT_THAT(console.shown(), HasSubstr("That is 1 action, and no other."));
  EXPECT_EQ(after_apply(), 1U);
}

TEST_F(ApproveDeskOfTwoRails, TakesTheSameHashBack) {
  ASSERT_EQ(call({"approve", "--yes", hold}, console), 0) << console.complained();

  TestConsole revoked;
  EXPECT_EQ(call({"approvals", "--revoke", hold}, revoked), 0) << revoked.complained();

  TestConsole left;
  EXPECT_EQ(call({"approvals"}, left), 0);
  EXPECT_EQ(left.shown(), "Nothing is approved that is not done.\n");
  EXPECT_EQ(after_apply(), 2U);
}

TEST_F(ApproveDeskOfTwoRails, StillTakesTheHashOfOneRailForThatOneAlone) {
  TestConsole shown;
  ASSERT_EQ(call({"plan", "--detailed-exitcode"}, shown), 3);
  const std::string one = hash_behind("only this: authzd approve ", shown.shown());
  ASSERT_NE(one, hold);

  EXPECT_EQ(call({"approve", "--yes", one}, console), 0) << console.complained();

  EXPECT_THAT(console.shown(), HasSubstr("Other rails still hold some of them"));
  EXPECT_EQ(after_apply(), 2U);
}

TEST_F(ApproveDeskOfTwoRails, ShowsInTheStatusTheHashThatThePlanLeadsWith) {
  TestConsole cycle;
  ASSERT_EQ(call_with_cycles({"sync", "--wait"}, cycle), 3) << cycle.complained();

  EXPECT_EQ(call({"status"}, console), 3);
  EXPECT_EQ(hash_behind("authzd approve ", console.shown()), hold);
  TestConsole words;
  EXPECT_EQ(call({"complete", "hashes"}, words), 0);
  EXPECT_THAT(words.shown(), testing::StartsWith(hold));
}

TEST_F(ApproveDesk, EndsFirstDeletesOnceAReviewedPlanHasDeleted) {
  EXPECT_EQ(call({"apply", "--plan-hash", plan}, console), 0) << console.complained();
  EXPECT_THAT(console.complained(), HasSubstr("The rail firstDeletes holds nothing in this "));

  write_manifest("backup", {"hs-crypto"});
  ASSERT_EQ(after_apply(), 2U);
  drop("backup");
  TestConsole later;
  (void)call({"plan"}, later);

  EXPECT_THAT(later.shown(), HasSubstr("- server-protect → hs-crypto"));
  EXPECT_THAT(later.shown(), testing::Not(HasSubstr("firstDeletes")));
}

/// Bob wrote what is applied. The rest is Ada's, and no cycle has accepted it yet.
class ApproveDeskOfAuthors : public DeskTest {
 protected:
  void SetUp() override {
    spec.approvers = {.not_the_author = true,
                      .addresses = {{1000, {"ada@example.com"}}, {1001, {"bob@example.com"}}}};
    wrap_source = [this](std::shared_ptr<Source> files) {
      source = std::make_shared<AuthoredSource>(std::move(files));
      source->wrote = {{"bob@example.com"}, {}, true};
      return source;
    };
    write_manifest("storage", {"kms"});
    write_manifest("backup", {"hs-crypto"});
    start();
    ASSERT_EQ(call({"apply", "--yes"}, console), 0) << console.complained();
    std::filesystem::remove(directory / "manifests" / "backup.yaml");
    source->wrote = {{"ada@example.com"}, {}, true};
  }

  int approve(unsigned by, const std::string& what) {
    login = by;
    const int code = call({"approve", "--yes", what}, console);
    login.reset();
    return code;
  }

  std::shared_ptr<AuthoredSource> source;
  TestConsole console;
};

TEST_F(ApproveDeskOfAuthors, TakesNoWordOfWhoWroteWhatNoCycleHasTaken) {
  TestConsole held;
  (void)call({"plan"}, held);
  const std::string hold = hash_behind("authzd approve ", held.shown());
  ASSERT_EQ(hold.size(), 64U) << held.shown();

  EXPECT_NE(approve(1000, hold), 0);
  EXPECT_THAT(console.complained(), HasSubstr("login uid 1000 is ada@example.com, an author"));
  EXPECT_EQ(approve(1001, hold), 0) << console.complained();

  EXPECT_THAT(console.shown(), HasSubstr("Once one of them is done, the rail firstDeletes"));
  TestConsole own;
  (void)call({"apply", "--yes"}, own);
  EXPECT_EQ(ours(), 1U) << own.shown();
}

TEST_F(ApproveDeskOfAuthors, ShowsAsHeldWhatACycleWillHold) {
  ASSERT_TRUE(state().approvals.approve_first_deletes({"ada", clock.now(), {}, 1000}));

  EXPECT_EQ(call({"plan", "--detailed-exitcode"}, console), 3) << console.shown();

  EXPECT_THAT(console.shown(), HasSubstr("firstDeletes"));
}

TEST_F(ApproveDeskOfAuthors, TakesNoWordOfWhoWroteARevisionThatIsRefused) {
  source->how = Lineage::diverges;
  TestConsole own;
  (void)call_with_cycles({"sync", "--wait"}, own);
  const auto attempted = state().revisions.attempted();
  ASSERT_TRUE(attempted && *attempted && !(*attempted)->error.empty());
  const std::string revision = (*attempted)->revision;

  EXPECT_NE(approve(1000, revision), 0);

  EXPECT_THAT(console.complained(), HasSubstr("login uid 1000 is ada@example.com, an author"));
  EXPECT_TRUE(state().approvals.list(clock.now())->empty());
  EXPECT_EQ(approve(1001, revision), 0) << console.complained();
}

}  // namespace
}  // namespace authzd::test
