// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is read from a repository, over git daemon.
#include "daemon/source/source.hpp"
#include "tests/integration/source/git_fixture.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>

#include <algorithm>

namespace authzd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GitSourceTest : public GitFixture {
 protected:
  void SetUp() override { serve("daemon"); }

  std::vector<std::string> names(Source& source, const std::vector<std::string>& paths = {"."}) {
    std::vector<std::string> names;
    const auto snapshot = fetch(source, paths);
    for (const SourceFile& file : snapshot.value().files) names.push_back(file.name);
    return names;
  }
};

TEST_F(GitSourceTest, ReadsTheTreeOfABranchsCommit) {
  push("b/two.yml", "two");
  push("README.md", "text");
  const std::string commit = push("a.yaml", "one\r\n\xff");

  const auto git = source();
  const auto snapshot = fetch(*git);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->revision, commit);
  ASSERT_EQ(snapshot->files.size(), 2U);
  EXPECT_EQ(snapshot->files[0].name, "a.yaml");
  EXPECT_EQ(snapshot->files[0].text, "one\r\n\xff");
  EXPECT_EQ(snapshot->files[1].name, "b/two.yml");
}

TEST_F(GitSourceTest, LeavesOutWhatItsAuthzdignoreLists) {
  push("deploy/.authzdignore", "kustomization.yaml\n/chart/\n");
  push(".authzdignore", "*.yaml\n");
  push("deploy/chart/values.yaml", "x");
  push("deploy/prod/kustomization.yaml", "x");
  push("deploy/prod/a.yaml", "a");

  const auto git = source([](GitOptions& options) { options.config.path = "deploy"; });
  const auto snapshot = fetch(*git);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_THAT(snapshot->ignored,
              ElementsAre("deploy/chart/values.yaml", "deploy/prod/kustomization.yaml"));
  EXPECT_THAT(names(*git), ElementsAre("deploy/prod/a.yaml"));
  push("deploy/.authzdignore", std::string(100'000, '#'));
  EXPECT_EQ(fetch(*git).error().code, ErrorCode::invalid_manifest);
}

TEST_F(GitSourceTest, ReadsBelowThePathOfTheSourceAndOfTheAccount) {
  push("deploy/prod/a.yaml", "a");
  push("deploy/test/b.yaml", "b");
  push("other/c.yaml", "c");

  const auto git = source([](GitOptions& options) { options.config.path = "deploy"; });

  EXPECT_THAT(names(*git), ElementsAre("deploy/prod/a.yaml", "deploy/test/b.yaml"));
  EXPECT_THAT(names(*git, {"prod"}), ElementsAre("deploy/prod/a.yaml"));
  EXPECT_EQ(fetch(*git, {"stage"}).error().code, ErrorCode::invalid_manifest);
}

TEST_F(GitSourceTest, FollowsTheBranchAndSparesAnUnchangedOne) {
  const std::string first = push("a.yaml", "one");
  const auto git = source();
  EXPECT_EQ(fetch(*git)->files.size(), 1U);
  EXPECT_EQ(requests(), 2U) << "the question and the fetch";

  const auto unchanged = fetch(*git, {"."}, first);

  EXPECT_EQ(unchanged->revision, first);
  EXPECT_TRUE(unchanged->files.empty());
  EXPECT_EQ(requests(), 1U) << "the question";

  const std::string second = push("a.yaml", "two");
  const auto changed = fetch(*git, {"."}, first);
  EXPECT_EQ(changed->revision, second);
  EXPECT_EQ(changed->files.front().text, "two");
}

TEST_F(GitSourceTest, SaysWhoCommittedWhatAndWhen) {
  push("a.yaml", "one");
  author(
      "git commit -q --allow-empty --author='Ada Lovelace <ada@example.com>' "
      "--date=2026-01-31T08:00:00Z "
      "-m $'Give disks their \\x1b[31mkey\\n\\nBecause.' && git push -qf origin HEAD:main");
  const auto git = source();

  const auto snapshot = fetch(*git);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->commit.id, snapshot->revision);
  EXPECT_EQ(snapshot->commit.author, "Ada Lovelace");
  EXPECT_EQ(snapshot->commit.subject, "Give disks their \x1b[31mkey") << "text, to be escaped";
  EXPECT_EQ(to_rfc3339(snapshot->commit.authored), "2026-01-31T08:00:00Z");
  EXPECT_EQ(fetch(*git, {"."}, snapshot->revision)->commit, snapshot->commit)
      << "also if the text is known";
}

TEST_F(GitSourceTest, CutsASubjectThatNeverEnds) {
  push("a.yaml", "one");
  author(
      "printf '%*s' 3000000 '' | tr ' ' x | git commit -q --allow-empty -F - && git push -qf "
      "origin "
      "HEAD:main");
  const auto git = source();

  const auto snapshot = fetch(*git);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->commit.subject, std::string(kMostSubject, 'x') + "…");
}

TEST_F(GitSourceTest, NamesTheAuthorOfACommitWhoseSubjectCannotBeCut) {
  push("a.yaml", "one");
  author(
      "printf '\\xcc\\x81%.0s' $(seq 1000000) | git commit -q --allow-empty "
      "--author='Eve <eve@example.com>' -F - && git push -qf origin HEAD:main");
  const auto git = source();

  const auto snapshot = fetch(*git);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->commit.author, "Eve");
  EXPECT_EQ(snapshot->commit.subject, "");
}

TEST_F(GitSourceTest, CountsItsCallsOverTheNetwork) {
  push("a.yaml", "one");
  const auto git = source();
  ASSERT_TRUE(fetch(*git));
  stop_serving();
  ASSERT_FALSE(fetch(*git));

  const SourceRequests expected{
      {{"ls-remote", "success"}, 1}, {{"fetch", "success"}, 1}, {{"ls-remote", "error"}, 1}};
  EXPECT_EQ(git->requests(), expected);
}

TEST_F(GitSourceTest, ReadsATagAnAnnotatedTagAndACommit) {
  const std::string commit = push("a.yaml", "tagged");
  author("git tag light; git tag -a -m x heavy; git push -q origin light heavy");
  push("a.yaml", "newer");

  for (const std::string& ref : {std::string("light"), std::string("heavy"), commit}) {
    const auto git = source([&](GitOptions& options) { options.config.ref = ref; });
    const auto snapshot = fetch(*git);
    ASSERT_TRUE(snapshot) << ref << ": " << snapshot.error().message;
    EXPECT_EQ(snapshot->revision, commit) << ref;
    EXPECT_EQ(snapshot->files.front().text, "tagged") << ref;
  }
}

TEST_F(GitSourceTest, SaysThatARefIsNotThere) {
  push("a.yaml", "a");
  const auto git = source([](GitOptions& options) { options.config.ref = "release"; });

  const auto snapshot = fetch(*git);

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::not_found);
  EXPECT_THAT(snapshot.error().message, HasSubstr("no branch and no tag release"));
}

TEST_F(GitSourceTest, FollowsNoLinkAndNoSubmodule) {
  push("a.yaml", "a");
  author("ln -s /etc latest; git add -A; git commit -qm link; git push -q origin HEAD:main");
  author(
      "git -c protocol.file.allow=always submodule add -q $PWD/../repositories/manifests.git lib;"
      "git commit -qm sub; git push -q origin HEAD:main");
  const auto git = source();
  EXPECT_THAT(names(*git), ElementsAre("a.yaml"));

  author("ln -s /etc/passwd b.yaml; git add -A; git commit -qm bad; git push -q origin HEAD:main");
  const auto snapshot = fetch(*git);
  ASSERT_FALSE(snapshot);
  EXPECT_THAT(snapshot.error().message, HasSubstr("b.yaml is a symbolic link"));
}

TEST_F(GitSourceTest, TakesNoNoticeOfAttributesAndHooks) {
  push(".gitattributes", "*.yaml text eol=crlf ident filter=evil\n");
  push("a.yaml", "$Id$\n");

  const auto git = source();

  EXPECT_EQ(fetch(*git)->files.front().text, "$Id$\n");
}

TEST_F(GitSourceTest, GoesOnWithItsCopyAfterARestart) {
  const std::string commit = push("a.yaml", "a");
  EXPECT_EQ(fetch(*source())->revision, commit);
  requests();

  EXPECT_EQ(fetch(*source())->files.size(), 1U);

  EXPECT_EQ(requests(), 1U) << "the question";
}

TEST_F(GitSourceTest, FetchesOnceForAccountsThatAskTogether) {
  push("a/x.yaml", "a");
  push("b/y.yaml", "b");
  const auto git = source();
  requests();
  std::vector<Snapshot> snapshots;
  const auto keep = [&](const std::exception_ptr&, Result<Fetched> got) {
    if (got) snapshots.push_back(std::get<Snapshot>(std::move(*got)));
  };
  for (const std::string path : {"a", "b", "."}) {
    boost::asio::co_spawn(io_, git->fetch({path}, ""), keep);
  }
  io_.restart();
  io_.run();

  ASSERT_EQ(snapshots.size(), 3U);
  EXPECT_EQ(snapshots[1].files.front().name, "b/y.yaml");
  EXPECT_EQ(requests(), 2U) << "the question and the fetch";
}

TEST_F(GitSourceTest, LetsNoSecondProcessWorkOnItsCopy) {
  push("a.yaml", "a");
  const auto first = source();
  ASSERT_TRUE(fetch(*first));

  const auto second =
      source([](GitOptions& options) { options.limits.local = std::chrono::milliseconds(200); });

  EXPECT_THAT(fetch(*second).error().message, HasSubstr("another authzd works on"));
}

TEST_F(GitSourceTest, WaitsForTheOneBeforeToLetGoOfTheCopy) {
  push("a.yaml", "a");
  auto first = source();
  ASSERT_TRUE(fetch(*first));
  const auto second = source();
  bool has_fetched = false;
  const auto on_end = [&](const std::exception_ptr&, const Result<Fetched>& got) {
    has_fetched = got.has_value();
  };
  boost::asio::co_spawn(io_, second->fetch({"."}, ""), on_end);
  io_.restart();
  io_.poll();
  first.reset();
  io_.run();

  EXPECT_TRUE(has_fetched);
}

TEST_F(GitSourceTest, IsMadeFromTheConfigurationAndLeavesNothingWhereNothingIsToStay) {
  push("a.yaml", "a");
  test::VirtualClock clock;
  GitSourceConfig config;
  config.url = url_;
  auto made = make_source(io_.get_executor(), clock, config, {});
  ASSERT_TRUE(made);
  EXPECT_EQ(fetch(**made)->files.size(), 1U);

  config.url = "https://user:pass@example.com/x.git";
  const auto refused = make_source(io_.get_executor(), clock, config, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("credentials.tokenFile"));
}

}  // namespace
}  // namespace authzd::test
