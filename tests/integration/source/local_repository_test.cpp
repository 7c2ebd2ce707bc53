// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is read of a repository on this host, which may be a hostile one; and of another branch of a
// source.
#include "daemon/source/local_repository.hpp"

#include "tests/integration/source/git_fixture.hpp"
#include "tests/support/run_async.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace authzd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LocalRepositoryTest : public GitFixture {
 protected:
  [[nodiscard]] std::filesystem::path work() { return author("pwd"); }

  Result<std::string> commit_of(LocalRepository& repository, const std::string& revision) {
    return run(io_, repository.commit_of(revision));
  }

  std::vector<std::string> names(LocalRepository& repository, const std::string& revision) {
    const auto commit = commit_of(repository, revision);
    const auto fetched = run(io_, snapshot_of(repository, commit.value(), {}));
    std::vector<std::string> names;
    for (const SourceFile& file : std::get<Snapshot>(fetched.value()).files) {
      names.push_back(file.name);
    }
    return names;
  }
};

TEST_F(LocalRepositoryTest, ReadsEachRevisionAsItWasCommitted) {
  const std::string first = push("a.yaml", "one");
  const std::string second = push("b/b.yaml", "two");
  author("echo uncommitted > c.yaml");

  auto repository = LocalRepository::open(work() / "b");

  ASSERT_TRUE(repository) << to_string(repository.error());
  EXPECT_EQ(commit_of(*repository, "HEAD").value(), second);
  EXPECT_EQ(commit_of(*repository, "HEAD~1").value(), first);
  EXPECT_EQ(commit_of(*repository, first.substr(0, 10)).value(), first);
  EXPECT_THAT(names(*repository, "HEAD"), ElementsAre("a.yaml", "b/b.yaml"));
  EXPECT_THAT(names(*repository, "HEAD~1"), ElementsAre("a.yaml"));
}

TEST_F(LocalRepositoryTest, ReadsALinkedWorkTree) {
  const std::string commit = push("a.yaml", "one");
  author("git worktree add -q -b side ../linked");

  auto repository = LocalRepository::open(work().parent_path() / "linked");

  ASSERT_TRUE(repository) << to_string(repository.error());
  EXPECT_EQ(commit_of(*repository, "side").value(), commit);
}

TEST_F(LocalRepositoryTest, TakesNoOptionForARevision) {
  push("a.yaml", "one");
  auto repository = LocalRepository::open(work());
  for (const char* revision :
       {"--all", "-h", "", "main..HEAD", "HEAD:a.yaml", ":/one", "a b", "a\nb", "$(id)", "ma*n"}) {
    EXPECT_EQ(commit_of(*repository, revision).error().code, ErrorCode::rejected) << revision;
  }
  EXPECT_EQ(commit_of(*repository, "nobody").error().code, ErrorCode::not_found);
  EXPECT_EQ(commit_of(*repository, "HEAD~9").error().code, ErrorCode::not_found);
}

TEST_F(LocalRepositoryTest, SaysThatThereIsNone) {
  const auto repository = LocalRepository::open(temporary_.path().parent_path());
  EXPECT_EQ(repository.error().code, ErrorCode::not_found);
  EXPECT_EQ(LocalRepository::open(root_ / "missing").error().code, ErrorCode::not_found);
}

/// Each of these would make git run the program, if it were read as a person's own git reads it.
TEST_F(LocalRepositoryTest, RunsNothingThatTheRepositoryNames) {
  push("a.yaml", "one");
  author(
      "ran=\"$(dirname \"$PWD\")/ran\"\n"
      "printf '#!/bin/sh\\ntouch %s\\n' \"$ran\" > evil; chmod +x evil\n"
      "for key in core.fsmonitor core.pager core.sshCommand core.gitProxy core.editor "
      "diff.external filter.x.smudge filter.x.clean filter.x.process credential.helper "
      "gpg.program uploadpack.packObjectsHook; do git config $key \"$PWD/evil\"; done\n"
      "mkdir -p .git/hooks; cp evil .git/hooks/post-checkout; cp evil .git/hooks/pre-auto-gc\n"
      "echo '*.yaml filter=x' > .git/info/attributes\n"
      "git config remote.origin.promisor true\n"
      "git config remote.origin.partialclonefilter blob:none\n"
      "git config remote.origin.url \"ext::$PWD/evil\"\n"
      "git config protocol.ext.allow always\n"
      "git config extensions.partialClone origin");
  auto repository = LocalRepository::open(work());
  ASSERT_TRUE(repository);

  EXPECT_THAT(names(*repository, "HEAD"), ElementsAre("a.yaml"));
  // A blob that is missing would be fetched from the promisor.
  author("rm -f \"../ran\"; rm -f .git/objects/$(git rev-parse HEAD:a.yaml | sed 's:^..:&/:')");
  const auto commit = commit_of(*repository, "HEAD");
  const auto fetched = run(io_, snapshot_of(*repository, commit.value(), {}));

  EXPECT_FALSE(fetched);
  EXPECT_FALSE(std::filesystem::exists(work().parent_path() / "ran"));
}

class OtherRefTest : public GitFixture {
 protected:
  void SetUp() override { serve("daemon"); }
};

TEST_F(OtherRefTest, ReadsABranchBesideTheConfiguredOne) {
  const std::string main = push("a.yaml", "one");
  author(
      "git checkout -q -b side; echo two > b.yaml; git add b.yaml; git commit -q -m b; "
      "git push -q origin side");
  const std::string side = author("git rev-parse side");
  const auto git = source();
  ASSERT_EQ(fetch(*git)->revision, main);

  const auto other = git->at("side");
  ASSERT_TRUE(other) << to_string(other.error());
  const auto snapshot = fetch(**other);

  ASSERT_TRUE(snapshot) << to_string(snapshot.error());
  EXPECT_EQ(snapshot->revision, side);
  EXPECT_EQ(snapshot->files.size(), 2U);
  EXPECT_EQ(fetch(*git)->revision, main) << "the source itself follows what is configured";
  const auto commit = git->at(main);
  EXPECT_EQ(fetch(**commit)->revision, main);
}

TEST_F(OtherRefTest, ShowsAllWhoAskTheSameCommit) {
  const std::string first = push("a.yaml", "one");
  const auto git = source();
  const auto other = git->at("main");
  ASSERT_TRUE(other);
  ASSERT_EQ(fetch(**other)->revision, first);
  push("b.yaml", "two");
  (void)requests();

  EXPECT_EQ(fetch(**other)->revision, first);
  EXPECT_EQ(requests(), 0U);
}

TEST_F(OtherRefTest, SaysThatThereIsNoSuchBranch) {
  push("a.yaml", "one");
  const auto git = source();
  const auto other = git->at("nobody");
  ASSERT_TRUE(other);
  EXPECT_THAT(to_string(fetch(**other).error()), HasSubstr("nobody"));
}

TEST_F(OtherRefTest, TakesNoOptionForARef) {
  const auto git = source();
  for (const char* ref : {"--upload-pack=evil", "-x", "", "a..b", "a b", "a:b", "refs/*"}) {
    EXPECT_EQ(git->at(ref).error().code, ErrorCode::rejected) << ref;
  }
}

}  // namespace
}  // namespace authzd::test
