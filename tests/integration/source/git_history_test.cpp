// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How revisions relate to each other, although the copy is shallow.
#include "tests/integration/source/git_fixture.hpp"
#include "tests/support/run_async.hpp"

namespace authzd::test {
namespace {

class GitHistoryTest : public GitFixture {
 protected:
  void SetUp() override { serve("daemon"); }
};

TEST_F(GitHistoryTest, TakesOneCommitAtFirst) {
  push("a.yaml", "one");
  push("a.yaml", "two");
  const auto git = source();
  ASSERT_TRUE(fetch(*git));

  EXPECT_EQ(author("git --git-dir=" + copy().string() + " rev-list --count --all"), "1");
}

TEST_F(GitHistoryTest, SeesThatAPushFollows) {
  const std::string first = push("a.yaml", "one");
  const auto git = source();
  ASSERT_TRUE(fetch(*git));
  push("a.yaml", "two");
  const std::string third = push("a.yaml", "three");

  EXPECT_EQ(fetch(*git)->revision, third);

  EXPECT_EQ(lineage(*git, third, first), Lineage::follows);
  EXPECT_EQ(lineage(*git, third, third), Lineage::follows);
}

TEST_F(GitHistoryTest, SeesABranchThatWasSetBack) {
  const std::string first = push("a.yaml", "one");
  const std::string second = push("a.yaml", "two");
  const auto git = source();
  EXPECT_EQ(fetch(*git)->revision, second);

  author("git push -qf origin " + first + ":main");

  EXPECT_EQ(fetch(*git)->revision, first);
  EXPECT_EQ(lineage(*git, first, second), Lineage::goes_back);
}

TEST_F(GitHistoryTest, SeesAHistoryThatWasRewritten) {
  push("a.yaml", "one");
  const std::string second = push("a.yaml", "two");
  const auto git = source();
  ASSERT_TRUE(fetch(*git));
  author("git checkout -q HEAD~");
  const std::string other = push("a.yaml", "other");

  EXPECT_EQ(fetch(*git)->revision, other);

  EXPECT_EQ(lineage(*git, other, second), Lineage::diverges);
}

TEST_F(GitHistoryTest, LooksAsFarBackAsItTakesWhenTheCopyIsNew) {
  const std::string first = push("a.yaml", "0");
  author("for i in $(seq 150); do git commit -q --allow-empty -m $i; done");
  const std::string last = push("a.yaml", "1");
  const auto git = source();
  EXPECT_EQ(fetch(*git)->revision, last);

  EXPECT_EQ(lineage(*git, last, first), Lineage::follows);
}

TEST_F(GitHistoryTest, SeesAnotherRepositorysHistory) {
  push("a.yaml", "one");
  const auto git = source();
  const std::string commit = fetch(*git)->revision;

  EXPECT_EQ(lineage(*git, commit, std::string(40, 'a')), Lineage::diverges);
}

TEST_F(GitHistoryTest, HasNothingToSayOfADirectorysDigest) {
  push("a.yaml", "one");
  const auto git = source();
  const std::string commit = fetch(*git)->revision;

  EXPECT_EQ(lineage(*git, commit, "dir:0123456789ab"), Lineage::follows);
}

TEST_F(GitHistoryTest, TellsWhoWroteWhatCameSince) {
  const std::string first = push("a.yaml", "one");
  const auto git = source();
  ASSERT_TRUE(fetch(*git));
  author(
      "GIT_AUTHOR_EMAIL=Ada@example.com git commit -q --allow-empty -m two -m "
      "'Co-authored-by: Bob <bob@example.com>'");
  const std::string third = push("a.yaml", "three");
  EXPECT_EQ(fetch(*git)->revision, third);

  const auto since = run(io_, git->authors(third, first));

  ASSERT_TRUE(since) << to_string(since.error());
  EXPECT_TRUE(since->is_known);
  EXPECT_TRUE(since->wrote.contains("ada@example.com"));
  EXPECT_TRUE(since->wrote.contains("bob@example.com"));
}

TEST_F(GitHistoryTest, NamesAllWhoEverWroteWhereNothingWasTakenBefore) {
  author("GIT_AUTHOR_EMAIL=ada@example.com git commit -q --allow-empty -m first");
  author("GIT_AUTHOR_EMAIL=bob@example.com git commit -q --allow-empty -m second");
  const std::string newest = push("a.yaml", "one");
  for (const std::string earlier : {"", "dir:0123456789ab"}) {
    const auto git = source();
    EXPECT_EQ(fetch(*git)->revision, newest);

    const auto authors = run(io_, git->authors(newest, earlier));

    ASSERT_TRUE(authors) << to_string(authors.error());
    EXPECT_TRUE(authors->is_known);
    EXPECT_TRUE(authors->wrote.contains("ada@example.com")) << "the copy is shallow";
    EXPECT_TRUE(authors->wrote.contains("bob@example.com"));
    std::filesystem::remove_all(copy());
  }
}

TEST_F(GitHistoryTest, NamesNobodyWhoRewroteTheHistory) {
  const std::string first = push("a.yaml", "one");
  const std::string second = push("a.yaml", "two");
  const auto git = source();
  ASSERT_TRUE(fetch(*git));
  author("git push -qf origin " + first + ":main");
  EXPECT_EQ(fetch(*git)->revision, first);

  const auto authors = run(io_, git->authors(first, second));

  ASSERT_TRUE(authors) << to_string(authors.error());
  EXPECT_FALSE(authors->is_known);
}

TEST_F(GitHistoryTest, KnowsNobodyWhereMoreAreNamedThanIsReadAndGoesOn) {
  const std::string first = push("a.yaml", "one");
  const auto git = source();
  ASSERT_TRUE(fetch(*git));
  author(
      "(echo many; echo; seq -f 'Co-authored-by: Somebody Else <somebody%.0f@example.com>' 90000)"
      " >../message; git commit -q --allow-empty -F ../message");
  const std::string many = push("a.yaml", "two");
  EXPECT_EQ(fetch(*git)->revision, many);

  const auto authors = run(io_, git->authors(many, first));
  const std::string next = push("a.yaml", "three");
  EXPECT_EQ(fetch(*git)->revision, next);
  const auto later = run(io_, git->authors(next, many));

  ASSERT_TRUE(authors) << to_string(authors.error());
  EXPECT_FALSE(authors->is_known);
  ASSERT_TRUE(later) << to_string(later.error());
  EXPECT_TRUE(later->is_known);
}

TEST_F(GitHistoryTest, NamesAllWhoWroteALongBranchThoughTheCopyIsNew) {
  const std::string before = push("a.yaml", "one");
  author(
      "git checkout -q -b long"
      " && GIT_AUTHOR_EMAIL=ada@example.com git commit -q --allow-empty -m first"
      " && for i in $(seq 150); do git commit -q --allow-empty -m $i; done"
      " && git checkout -q main && git merge -q --no-ff -m merge long");
  const std::string merge = push("a.yaml", "two");
  const auto git = source();
  EXPECT_EQ(fetch(*git)->revision, merge);

  const auto authors = run(io_, git->authors(merge, before));

  ASSERT_TRUE(authors) << to_string(authors.error());
  EXPECT_TRUE(authors->wrote.contains("ada@example.com"));
}

TEST_F(GitHistoryTest, NamesNobodyWhoWroteWhatABranchForkedFrom) {
  author("GIT_AUTHOR_EMAIL=ada@example.com git commit -q --allow-empty -m first");
  push("a.yaml", "one");
  author("git branch other");
  const std::string before = push("a.yaml", "two");
  const auto git = source();
  EXPECT_EQ(fetch(*git)->revision, before);
  author(
      "git checkout -q other"
      " && GIT_AUTHOR_EMAIL=bob@example.com git commit -q --allow-empty -m other"
      " && git checkout -q main && git merge -q --no-ff -m merge other");
  const std::string merge = push("a.yaml", "three");
  EXPECT_EQ(fetch(*git)->revision, merge);

  const auto authors = run(io_, git->authors(merge, before));

  ASSERT_TRUE(authors) << to_string(authors.error());
  EXPECT_TRUE(authors->wrote.contains("bob@example.com"));
  EXPECT_FALSE(authors->wrote.contains("ada@example.com"));
}

TEST_F(GitHistoryTest, CannotNameThoseWhomItCannotAskFor) {
  const std::string before = push("a.yaml", "one");
  author(
      "git checkout -q -b long && for i in $(seq 150); do git commit -q --allow-empty -m $i; done"
      " && git checkout -q main && git merge -q --no-ff -m merge long");
  const std::string merge = push("a.yaml", "two");
  const auto git = source();
  EXPECT_EQ(fetch(*git)->revision, merge);
  EXPECT_EQ(lineage(*git, merge, before), Lineage::follows);
  stop_serving();

  const auto authors = run(io_, git->authors(merge, before));

  ASSERT_FALSE(authors);
  EXPECT_EQ(authors.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace authzd::test
