// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/directory_source.hpp"

#include "tests/support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace authzd {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class DirectorySourceTest : public testing::Test {
 protected:
  void write(const fs::path& name, std::string_view text) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  std::vector<std::string> names(const std::vector<std::string>& paths = {"."}) const {
    const auto snapshot = read_directory(root_, paths);
    std::vector<std::string> names;
    for (const SourceFile& file : snapshot.value().files) {
      names.push_back(fs::path(file.name).lexically_relative(root_).string());
    }
    return names;
  }

  test::TempFolder temporary_;
  const fs::path root_ = temporary_.path();
};

TEST_F(DirectorySourceTest, ReadsYamlBelowInOrderAndNothingElse) {
  write("b.yml", "b");
  write("deep/er/a.yaml", "a");
  write("README.md", "text");
  write("a.yaml", "a");

  EXPECT_THAT(names(), ElementsAre("a.yaml", "b.yml", "deep/er/a.yaml"));
}

TEST_F(DirectorySourceTest, LeavesHiddenFilesAndDirectoriesAlone) {
  write(".git/config.yaml", "x");
  write(".a.yaml", "x");
  write("a.yaml", "x");

  EXPECT_THAT(names(), ElementsAre("a.yaml"));
}

TEST_F(DirectorySourceTest, FollowsLinksToFilesAsConfigMapsHaveThem) {
  write("..data/a.yaml", "linked");
  fs::create_symlink("..data/a.yaml", root_ / "a.yaml");

  const auto snapshot = read_directory(root_, {"."});

  ASSERT_EQ(snapshot->files.size(), 1U);
  EXPECT_EQ(snapshot->files.front().text, "linked");
}

TEST_F(DirectorySourceTest, DoesNotWalkOutOfTheTreeByALinkedDirectory) {
  write("a.yaml", "x");
  fs::create_directory_symlink("/", root_ / "out");

  EXPECT_THAT(names(), ElementsAre("a.yaml"));
}

TEST_F(DirectorySourceTest, RefusesALinkThatLeadsNowhereRatherThanReadAPart) {
  fs::create_symlink("gone.yaml", root_ / "a.yaml");

  const auto snapshot = read_directory(root_, {"."});

  ASSERT_FALSE(snapshot);
  EXPECT_THAT(snapshot.error().message, HasSubstr("a.yaml"));
}

TEST_F(DirectorySourceTest, RefusesAMissingPath) {
  write("a/x.yaml", "x");

  const auto snapshot = read_directory(root_, {"a", "b"});

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::invalid_manifest);
  EXPECT_THAT(snapshot.error().message, HasSubstr("/b does not exist"));
}

TEST_F(DirectorySourceTest, ReadsAFileOnceThoughTwoPathsHoldIt) {
  write("a/x.yaml", "x");

  EXPECT_THAT(names({"a", "."}), ElementsAre("a/x.yaml"));
}

TEST_F(DirectorySourceTest, GivesARevisionThatChangesWithNamesAndText) {
  write("a.yaml", "one");
  const std::string first = read_directory(root_, {"."})->revision;
  EXPECT_EQ(read_directory(root_, {"."})->revision, first);

  write("a.yaml", "two");
  const std::string second = read_directory(root_, {"."})->revision;
  fs::rename(root_ / "a.yaml", root_ / "b.yaml");

  EXPECT_NE(second, first);
  EXPECT_NE(read_directory(root_, {"."})->revision, second);
}

}  // namespace
}  // namespace authzd
