// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A refused revision is identified by its name, and judged once.
#include "tests/unit/run/desired_loader_fixture.hpp"

#include <gmock/gmock.h>

#include <set>

namespace authzd::test {
namespace {

using testing::HasSubstr;

TEST_F(DesiredLoaderTest, NamesTheRevisionThatTheSourceRefuses) {
  apply("good");
  source_.newest = RefusedRevision{"unsigned", {ErrorCode::invalid_manifest, "it is not signed"}};

  const Intent intent = next();

  ASSERT_TRUE(intent.refusal);
  EXPECT_EQ(intent.refusal->revision, "unsigned");
  EXPECT_EQ(intent.refusal->error.message, "it is not signed");
  ASSERT_TRUE(intent.good);
  EXPECT_EQ(intent.good->revision, "good");
  const auto attempted = state_->revisions.attempted();
  EXPECT_EQ(attempted.value().value().revision, "unsigned");
}

TEST_F(DesiredLoaderTest, ReadsARevisionWithFaultsOnce) {
  apply("good");
  ASSERT_TRUE(next("bad", "kind: nonsense\n").refusal);
  ASSERT_EQ(source_.reads, 2);

  const Intent again = next();

  EXPECT_EQ(source_.reads, 2);
  ASSERT_TRUE(again.refusal);
  EXPECT_EQ(again.refusal->revision, "bad");
  EXPECT_FALSE(again.refusal->diagnostics.empty());
  EXPECT_FALSE(next("fixed", kManifest).refusal);
}

TEST_F(DesiredLoaderTest, GoesOnWithTheGoodRevisionThatIsTheNewestAgain) {
  apply("good");
  ASSERT_TRUE(next("bad", "kind: nonsense\n").refusal);
  EXPECT_FALSE(next("good", kManifest).refusal);
  const int reads = source_.reads;

  EXPECT_FALSE(next().refusal);

  EXPECT_EQ(source_.reads, reads);
}

TEST_F(DesiredLoaderTest, AsksOnceHowARevisionStandsToTheAppliedOne) {
  apply("applied");
  source_.how = Lineage::goes_back;
  const Intent refused = next("earlier", kManifest);
  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(refused.refusal->error.message, HasSubstr("authzd approve earlier"));
  const int reads = source_.reads;

  const Intent again = next();

  EXPECT_EQ(again.refusal->error, refused.refusal->error);
  EXPECT_EQ(source_.questions, 1);
  EXPECT_EQ(source_.reads, reads);
}

TEST_F(DesiredLoaderTest, LetsInWhatIsApprovedAfterItWasRefused) {
  apply("applied");
  source_.how = Lineage::diverges;
  ASSERT_TRUE(next("rewritten", kManifest).refusal);
  ASSERT_TRUE(state_->approvals.approve_revision("rewritten", {"ada", clock_.now()}));

  const Intent intent = next();

  EXPECT_FALSE(intent.refusal);
  ASSERT_TRUE(intent.good);
  EXPECT_EQ(intent.good->revision, "rewritten");
  EXPECT_EQ(intent.good->desired.grants.size(), 1U);
}

TEST_F(DesiredLoaderTest, RefusesAFileThatGrantedSomethingAndIsEmptyNow) {
  apply("full");
  const std::string other = kOtherManifest;
  source_.newest = Snapshot{"emptied", {{"disks.yaml", ""}, {"other.yaml", other}}};

  const Intent refused = next();

  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(refused.refusal->error.message,
              HasSubstr("disks.yaml holds no authorization any more, and held 1 grant in revision "
                        "full"));
  EXPECT_EQ(refused.good->revision, "full");

  source_.newest = Snapshot{"deleted", {{"other.yaml", other}}};
  EXPECT_FALSE(next().refusal);
}

TEST_F(DesiredLoaderTest, RefusesAnEmptiedFileThoughItsFolderHasAnotherName) {
  source_.newest =
      Snapshot{"full", {{"old/disks.yaml", kManifest}, {"other.yaml", kOtherManifest}}};
  ASSERT_FALSE(next().refusal);
  source_.newest = Snapshot{"moved", {{"new/disks.yaml", ""}, {"other.yaml", kOtherManifest}}};

  EXPECT_TRUE(next().refusal);
}

TEST_F(DesiredLoaderTest, RefusesALinkInThePlaceOfAFolderThatGrantedSomething) {
  source_.newest =
      Snapshot{"full", {{"team/disks.yaml", kManifest}, {"other.yaml", kOtherManifest}}};
  ASSERT_FALSE(next().refusal);
  source_.newest = Snapshot{"linked", {{"other.yaml", kOtherManifest}}, {"team"}};

  const Intent refused = next();

  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(refused.refusal->error.message, HasSubstr("team is a link, a submodule or"));
  spec_.allow_empty = true;
  source_.newest = Snapshot{"linked again", {{"other.yaml", kOtherManifest}}, {"team"}};
  EXPECT_TRUE(next().refusal) << "allowEmpty is for files that were emptied";
}

TEST_F(DesiredLoaderTest, RefusesToIgnoreAFileThatGrantedSomething) {
  source_.newest = Snapshot{"full", {{"disks.yaml", kManifest}, {"other.yaml", kOtherManifest}}};
  ASSERT_FALSE(next().refusal);
  spec_.allow_empty = true;
  source_.newest = Snapshot{"hidden", {{"other.yaml", kOtherManifest}}, {}, {"disks.yaml"}};

  const Intent refused = next();

  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(refused.refusal->error.message,
              HasSubstr("disks.yaml is ignored by .authzdignore now, and held 1 grant in revision "
                        "full. Take it out of .authzdignore, or delete the file"));
  source_.newest = Snapshot{"foreign", {{"disks.yaml", kManifest}}, {}, {"values.yaml"}};
  const Intent taken = next();
  EXPECT_FALSE(taken.refusal);
  EXPECT_EQ(taken.ignored, 1U);
}

TEST_F(DesiredLoaderTest, RefusesAFileThatWasMovedToWhereItIsIgnored) {
  source_.newest = Snapshot{"full", {{"disks.yaml", kManifest}, {"other.yaml", kOtherManifest}}};
  ASSERT_FALSE(next().refusal);
  source_.newest = Snapshot{"moved", {{"other.yaml", kOtherManifest}}, {}, {"old/disks.yaml"}};

  const Intent refused = next();

  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(
      refused.refusal->error.message,
      HasSubstr("old/disks.yaml is ignored by .authzdignore, and disks.yaml, which is gone, "
                "held 1 grant in revision full: it may have been moved there"));
  source_.newest = Snapshot{"deleted", {{"other.yaml", kOtherManifest}}};
  EXPECT_FALSE(next().refusal);
}

TEST_F(DesiredLoaderTest, TakesADeletedFileThoughOneOfItsNameWasIgnoredBefore) {
  source_.newest = Snapshot{"full",
                            {{"disks.yaml", kManifest}, {"other.yaml", kOtherManifest}},
                            {},
                            {"chart/disks.yaml"}};
  ASSERT_FALSE(next().refusal);
  source_.newest = Snapshot{"deleted", {{"other.yaml", kOtherManifest}}, {}, {"chart/disks.yaml"}};

  EXPECT_FALSE(next().refusal);
}

TEST_F(DesiredLoaderTest, TakesAnEmptiedFileWhereThatIsAllowed) {
  apply("full");
  spec_.allow_empty = true;

  EXPECT_FALSE(next("emptied", "# none\n").refusal);
}

TEST_F(DesiredLoaderTest, RefusesMoreGrantsThanAreTaken) {
  spec_.load_limits.max_grants = 1;
  source_.newest = Snapshot{"two", {{"disks.yaml", kManifest}, {"other.yaml", kOtherManifest}}};

  const Intent refused = next();

  ASSERT_TRUE(refused.refusal);
  ASSERT_EQ(refused.refusal->diagnostics.size(), 1U);
  EXPECT_THAT(refused.refusal->diagnostics.front().message, HasSubstr("more than 1 grant"));
}

TEST_F(DesiredLoaderTest, AsksTheSourceOnlyAboutWhatItTookLast) {
  apply("good");
  source_.holds = false;
  EXPECT_FALSE(*run(io_, loader_->still_holds()));

  next("bad", "kind: [");
  EXPECT_TRUE(*run(io_, loader_->still_holds())) << "the good revision remains in force";
}

TEST_F(DesiredLoaderTest, ReadsARefusedRevisionNotAgainAfterARestart) {
  next("bad", "kind: [");
  ASSERT_EQ(source_.reads, 1);

  loader_.emplace(spec_, &source_, *state_);
  const Intent again = next();

  ASSERT_TRUE(again.refusal);
  EXPECT_EQ(again.refusal->revision, "bad");
  EXPECT_THAT(again.refusal->error.message, HasSubstr("the manifests have 1 error"));
  ASSERT_EQ(again.refusal->diagnostics.size(), 1U);
  EXPECT_EQ(again.refusal->diagnostics.front().position.file, "disks.yaml");
  EXPECT_EQ(source_.reads, 1);

  spec_.load_limits.max_grants += 1;  // other limits may give another verdict
  loader_.emplace(spec_, &source_, *state_);
  next();
  EXPECT_EQ(source_.reads, 2);
}

TEST_F(DesiredLoaderTest, GivesUpOnARevisionAtWhichTheProcessEndsEachTime) {
  source_.newest = Snapshot{"deadly", {{"disks.yaml", kManifest}, {"other.yaml", kOtherManifest}}};
  const auto died = [](std::exception_ptr, const Result<Intent>&) {
    FAIL() << "it came to an end";
  };
  for (int life = 0; life < 3; ++life) {
    boost::asio::io_context io{1};
    loader_.emplace(spec_, &source_, *state_);
    boost::asio::co_spawn(io, loader_->next(clock_.now()), died);
    while (source_.reads == life) io.run_one();
    io.run_one();  // it has started to read, and the process ends here
  }

  loader_.emplace(spec_, &source_, *state_);
  const Intent refused = next();

  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(refused.refusal->error.message, HasSubstr("authzd ended 3 times while it read"));
  EXPECT_EQ(source_.reads, 3);
  EXPECT_FALSE(next("fixed", kManifest).refusal);
}

TEST_F(DesiredLoaderTest, KeepsTheAuthorsOfEachRevisionThatItTakes) {
  next("unasked", kManifest);
  EXPECT_TRUE(source_.asked_authors.empty());
  ASSERT_TRUE(state_->revisions.forget_authors()) << "nothing of it is held";
  spec_.approvers.not_the_author = true;
  source_.authors_of_all = Authors{{"ada@example.com"}, {}, true};
  next("first", kManifest);
  source_.authors_of_all = Authors{{"bob@example.com"}, {}, true};
  next("second", kManifest);
  next();

  EXPECT_THAT(source_.asked_authors, testing::ElementsAre("unasked..first", "first..second"));
  const Authors both{{"ada@example.com", "bob@example.com"}, {}, true};
  EXPECT_EQ(*state_->revisions.authors(), both);
}

TEST_F(DesiredLoaderTest, KnowsNoAuthorsWhereTheSourceCannotSay) {
  spec_.approvers.not_the_author = true;
  source_.authors_of_all = Authors{{}, {}, false};

  ASSERT_TRUE(next("first", kManifest).good) << "it is enforced all the same";

  EXPECT_FALSE(state_->revisions.authors()->is_known);
}

TEST_F(DesiredLoaderTest, TakesARevisionOnlyOnceItsAuthorsCouldBeAskedFor) {
  spec_.approvers.not_the_author = true;
  source_.authors_of_all = Authors{{"bob@example.com"}, {}, true};
  apply("good");
  ASSERT_TRUE(state_->revisions.forget_authors()) << "nothing of it is held";
  source_.authors_of_all = Error{ErrorCode::unavailable, "no route to host"};

  const Intent refused = next("new", kOtherManifest);

  ASSERT_TRUE(refused.refusal);
  EXPECT_EQ(refused.refusal->revision, "new");
  EXPECT_THAT(to_string(refused.refusal->error), HasSubstr("finding who wrote new"));
  EXPECT_EQ(refused.good->revision, "good");
  EXPECT_TRUE(state_->revisions.authors()->is_known) << "one failure must not stick";

  source_.authors_of_all = Authors{{"ada@example.com"}, {}, true};
  EXPECT_EQ(next().good->revision, "new");
  EXPECT_EQ(state_->revisions.authors()->wrote, std::set<std::string>{"ada@example.com"});
}

TEST_F(DesiredLoaderTest, LetsNoAuthorsWordLetARevisionIn) {
  spec_.approvers = {.not_the_author = true,
                     .addresses = {{1000, {"ada@example.com"}}, {1001, {"bob@example.com"}}}};
  source_.authors_of_all = Authors{{"bob@example.com"}, {}, true};
  apply("applied");
  ASSERT_TRUE(state_->revisions.forget_authors()) << "nothing of it is held";
  source_.how = Lineage::diverges;
  source_.authors_of_all = Authors{{"ada@example.com"}, {}, true};
  const auto approve = [this](unsigned login_uid) {
    return state_->approvals.approve_revision("mine", {"x", clock_.now(), {}, login_uid});
  };
  ASSERT_TRUE(approve(1000)) << "before any cycle took it";
  const Intent refused = next("mine", kOtherManifest);
  ASSERT_TRUE(refused.refusal) << "its author let it in";
  EXPECT_TRUE(refused.refusal->authors.wrote.contains("ada@example.com"));
  EXPECT_TRUE(next().refusal);
  EXPECT_EQ(*state_->revisions.authors(), Authors{}) << "nothing of it was taken";

  ASSERT_TRUE(approve(1001));

  EXPECT_FALSE(next().refusal);
  EXPECT_TRUE(state_->revisions.authors()->wrote.contains("ada@example.com"));
}

TEST_F(DesiredLoaderTest, SaysWhatToDoWhereNobodyCanLetARewrittenHistoryIn) {
  spec_.approvers = {.not_the_author = true, .addresses = {{1000, {"ada@example.com"}}}};
  apply("applied");
  source_.how = Lineage::goes_back;
  source_.authors_of_all = Authors{{}, {}, false};

  const Intent refused = next("earlier", kManifest);

  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(refused.refusal->error.message,
              HasSubstr("nobody can let it in: set the branch to applied again"));
}

TEST_F(DesiredLoaderTest, TellsWhoLooksWhoWroteWhatIsNewAndKeepsNothing) {
  spec_.approvers.not_the_author = true;
  apply("applied");
  source_.authors_of_all = Authors{{"ada@example.com"}, {}, true};
  source_.newest = Snapshot{"mine", {{"disks.yaml", kOtherManifest}}};

  const auto intent = run(io_, loader_->look(clock_.now()));

  ASSERT_TRUE(intent) << to_string(intent.error());
  EXPECT_TRUE(intent->authors.wrote.contains("ada@example.com"));
  EXPECT_FALSE(state_->revisions.authors()->wrote.contains("ada@example.com"));
  EXPECT_TRUE(next().good);
  EXPECT_TRUE(state_->revisions.authors()->wrote.contains("ada@example.com"));
  EXPECT_EQ(run(io_, loader_->look(clock_.now()))->authors, Authors{}) << "the state has them";
}

TEST_F(DesiredLoaderTest, CountsNoAttemptThatAStopOrAReloadHasEnded) {
  source_.newest = long_text("long");
  for (int stop = 0; stop < 4; ++stop) {
    loader_.emplace(spec_, &source_, *state_);
    stop_while_reading();
  }

  loader_.emplace(spec_, &source_, *state_);
  const Intent intent = next();

  EXPECT_FALSE(intent.refusal) << to_string(intent.refusal->error);
  ASSERT_TRUE(intent.good);
  EXPECT_EQ(intent.good->revision, "long");
}

TEST_F(DesiredLoaderTest, RecallsWhatWasGoodThoughAStopCutItsFirstTryShort) {
  source_.newest = long_text("good");
  ASSERT_TRUE(next().good);
  loader_.emplace(spec_, &source_, *state_);
  stop_while_reading();
  source_.newest = RefusedRevision{"unsigned", {ErrorCode::invalid_manifest, "it is not signed"}};

  const Intent intent = next();

  ASSERT_TRUE(intent.good) << "nothing is enforced any more";
  EXPECT_EQ(intent.good->revision, "good");
}

TEST_F(DesiredLoaderTest, ReadsWhatWasGoodLastWithItsLimitsAndWithoutTheSource) {
  source_.newest = long_text("good");
  ASSERT_TRUE(next().good);
  spec_.load_limits.max_grants = 2;
  const DesiredLoader alone(spec_, nullptr, *state_);
  const auto good = run(io_, alone.last_good(clock_.now()));
  ASSERT_TRUE(good) << to_string(good.error());
  EXPECT_EQ((*good)->revision, "good");
  EXPECT_EQ((*good)->desired.grants.size(), 2U);

  spec_.load_limits.max_grants = 1;
  const auto too_much = run(io_, alone.last_good(clock_.now()));
  ASSERT_FALSE(too_much);
  EXPECT_THAT(to_string(too_much.error()), HasSubstr("reading revision good again"));
}

TEST_F(DesiredLoaderTest, LeavesAuthorsUnknownWhereNobodyAskedWhenTheirRevisionCame) {
  ASSERT_TRUE(next("one", kManifest).good);
  EXPECT_TRUE(source_.asked_authors.empty());
  spec_.approvers.not_the_author = true;
  ASSERT_TRUE(next("one", kManifest).good);
  const auto authors = state_->revisions.authors();
  ASSERT_TRUE(authors);
  EXPECT_FALSE(authors->is_known) << "what is held of it could be approved by its author";
  const Approvers people{.not_the_author = true, .addresses = {{1000, {"ada@example.com"}}}};
  EXPECT_THAT(why_not_approver(people, 1000, *authors), HasSubstr("was not set at that time"));
}

}  // namespace
}  // namespace authzd::test
