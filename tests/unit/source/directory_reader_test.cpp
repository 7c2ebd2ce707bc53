// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/directory_reader.hpp"

#include "tests/support/no_descriptors.hpp"
#include "tests/support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sys/stat.h>

namespace authzd {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class DirectoryReaderTest : public testing::Test {
 protected:
  void write(const fs::path& name, std::string_view text) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  std::vector<std::string> names(const std::vector<std::string>& paths = {"."}) const {
    const auto reading = read_directory(root_, paths);
    std::vector<std::string> names;
    for (const SourceFile& file : reading.value().snapshot.files) {
      names.push_back(fs::path(file.name).lexically_relative(root_).string());
    }
    return names;
  }

  test::TempFolder temporary_;
  const fs::path root_ = temporary_.path();
};

TEST_F(DirectoryReaderTest, ReadsYamlBelowInOrderAndNothingElse) {
  write("b.yml", "b");
  write("deep/er/a.yaml", "a");
  write("README.md", "text");
  write("a.yaml", "a");

  EXPECT_THAT(names(), ElementsAre("a.yaml", "b.yml", "deep/er/a.yaml"));
}

TEST_F(DirectoryReaderTest, LeavesHiddenFilesAndDirectoriesAlone) {
  write(".git/config.yaml", "x");
  write(".a.yaml", "x");
  write("a.yaml", "x");

  EXPECT_THAT(names(), ElementsAre("a.yaml"));
}

TEST_F(DirectoryReaderTest, LeavesOutWhatAuthzdignoreListsAndCountsIt) {
  write(".authzdignore", "# Helm's\n/chart/\nkustomization.yaml\n!prod/kustomization.yaml\n");
  write("a.yaml", "x");
  write("kustomization.yaml", "x");
  write("prod/kustomization.yaml", "x");
  write("prod/chart/b.yaml", "x");
  write("chart/values.yaml", "x");
  write("chart/templates/t.yaml", "x");
  write("chart/README.md", "x");
  write("prod/.authzdignore", "b.yaml\n");

  EXPECT_THAT(names(), ElementsAre("a.yaml", "prod/chart/b.yaml", "prod/kustomization.yaml"));
  const auto reading = read_directory(root_, {"."});
  EXPECT_THAT(reading->snapshot.ignored,
              ElementsAre((root_ / "chart/templates/t.yaml").string(),
                          (root_ / "chart/values.yaml").string(),
                          (root_ / "kustomization.yaml").string()));
}

TEST_F(DirectoryReaderTest, LooksForNothingWrongInWhatIsIgnored) {
  write(".authzdignore", "ignored/\nlink.yaml\n");
  write("a.yaml", "x");
  write("ignored/b.yaml", std::string(2'000, 'x'));
  fs::create_symlink("/nowhere", root_ / "link.yaml");
  fs::create_symlink("/etc/passwd", root_ / "ignored/out.yaml");

  const auto reading = read_directory(root_, {"."}, {.most_bytes = 1'000});

  ASSERT_TRUE(reading) << to_string(reading.error());
  EXPECT_EQ(reading->snapshot.files.size(), 1U);
  EXPECT_EQ(reading->snapshot.ignored.size(), 3U);
}

TEST_F(DirectoryReaderTest, ReadsAFileThatIsNamedThoughItIsIgnored) {
  write(".authzdignore", "*.yaml\n");
  write("a.yaml", "x");
  write("b.yaml", "x");

  EXPECT_THAT(names({"a.yaml"}), ElementsAre("a.yaml"));
  EXPECT_THAT(read_directory(root_, {".", "a.yaml"})->snapshot.ignored,
              ElementsAre((root_ / "b.yaml").string()));
  EXPECT_EQ(read_directory(root_ / "a.yaml", {"."})->snapshot.files.size(), 1U);
}

TEST_F(DirectoryReaderTest, CountsAnIgnoreFileThatIsWrittenAsAChange) {
  write("a.yaml", "x");
  const auto before = read_directory(root_, {"."});
  write(".authzdignore", "b.yaml\n");
  const auto between = read_directory(root_, {"."});
  write(".authzdignore", "a.yaml\n");
  const auto after = read_directory(root_, {"."});

  EXPECT_FALSE(before->agrees_with(*between));
  EXPECT_FALSE(between->agrees_with(*after));
  EXPECT_NE(between->snapshot.revision, after->snapshot.revision);
}

TEST_F(DirectoryReaderTest, RefusesAnIgnoreFileThatIsNone) {
  write("a.yaml", "x");
  fs::create_directory(root_ / ".authzdignore");
  EXPECT_FALSE(read_directory(root_, {"."}));
  fs::remove(root_ / ".authzdignore");
  write(".authzdignore", std::string(kMostIgnoreBytes + 1, '#'));
  EXPECT_FALSE(read_directory(root_, {"."}));
  fs::remove(root_ / ".authzdignore");
  fs::create_symlink("/etc/passwd", root_ / ".authzdignore");
  EXPECT_FALSE(read_directory(root_, {"."}));
}

TEST_F(DirectoryReaderTest, FollowsLinksToFilesAsConfigMapsHaveThem) {
  write("..data/a.yaml", "linked");
  fs::create_symlink("..data/a.yaml", root_ / "a.yaml");

  const auto reading = read_directory(root_, {"."});

  ASSERT_TRUE(reading) << to_string(reading.error());
  ASSERT_EQ(reading->snapshot.files.size(), 1U);
  EXPECT_EQ(reading->snapshot.files.front().text, "linked");
}

TEST_F(DirectoryReaderTest, DoesNotWalkOutOfTheTreeByALinkedDirectory) {
  write("a.yaml", "x");
  fs::create_directory_symlink("/", root_ / "out");

  EXPECT_THAT(names(), ElementsAre("a.yaml"));
  const auto reading = read_directory(root_, {"."}, {});
  ASSERT_TRUE(reading);
  EXPECT_THAT(reading->snapshot.not_followed, ElementsAre((root_ / "out").string()));
}

TEST_F(DirectoryReaderTest, TellsWhatMayBeInThePlaceOfAFolderOrAManifest) {
  write("a.yaml", "x");
  write("README", "x");
  fs::create_symlink("not-there", root_ / "gone");
  ASSERT_EQ(::mkfifo((root_ / "team").c_str(), 0600), 0);
  fs::create_directory(root_ / "b.yaml");

  const auto reading = read_directory(root_, {"."}, {});

  ASSERT_TRUE(reading);
  EXPECT_THAT(reading->snapshot.not_followed,
              UnorderedElementsAre((root_ / "gone").string(), (root_ / "team").string()));
  EXPECT_THAT(reading->snapshot.manifest_folders, ElementsAre((root_ / "b.yaml").string()));
}

TEST_F(DirectoryReaderTest, FollowsAnAbsoluteLinkThatEndsBelowTheRoot) {
  write("shared/a.txt", "linked");
  fs::create_symlink(fs::canonical(root_) / "shared/a.txt", root_ / "a.yaml");

  const auto reading = read_directory(root_, {"."});

  ASSERT_TRUE(reading) << to_string(reading.error());
  EXPECT_EQ(reading->snapshot.files.front().text, "linked");
}

TEST_F(DirectoryReaderTest, ReadsNothingThroughALinkThatLeadsOutOfTheRoot) {
  write("secret", "key: s3cret");
  const fs::path root = root_ / "manifests";
  const std::vector<fs::path> targets{"../secret", root_ / "secret", "inner/../../secret"};
  write("manifests/inner/b.txt", "");
  for (const fs::path& target : targets) {
    fs::create_symlink(target, root / "a.yaml");

    const auto reading = read_directory(root, {"."});

    ASSERT_FALSE(reading) << target;
    EXPECT_EQ(reading.error().code, ErrorCode::invalid_manifest);
    EXPECT_THAT(reading.error().message, HasSubstr("a.yaml is a link that leads out of"));
    EXPECT_THAT(reading.error().message, Not(HasSubstr("s3cret")));
    fs::remove(root / "a.yaml");
  }
}

TEST_F(DirectoryReaderTest, ReadsNothingThroughADirectoryThatIsALinkOut) {
  write("elsewhere/a.yaml", "x");
  write("manifests/b.yaml", "x");
  fs::create_directory_symlink("../elsewhere", root_ / "manifests/out");

  const auto reading = read_directory(root_ / "manifests", {"out"});

  ASSERT_FALSE(reading);
  EXPECT_THAT(reading.error().message, HasSubstr("leads out of"));
}

TEST_F(DirectoryReaderTest, TakesARootThatIsALinkItself) {
  write("releases/1/a.yaml", "x");
  fs::create_directory_symlink("releases/1", root_ / "current");

  const auto reading = read_directory(root_ / "current", {"."});

  ASSERT_TRUE(reading) << to_string(reading.error());
  EXPECT_EQ(reading->snapshot.files.front().name, (root_ / "current/a.yaml").string());
}

TEST_F(DirectoryReaderTest, RefusesWhatIsNoFileUnderAManifestsName) {
  const auto refusal = [this](std::string_view what) {
    const auto reading = read_directory(root_, {"."});
    ASSERT_FALSE(reading) << what;
    EXPECT_THAT(reading.error().message, HasSubstr("a.yaml is a " + std::string(what)));
    fs::remove(root_ / "a.yaml");
  };
  ASSERT_EQ(::mkfifo((root_ / "a.yaml").c_str(), S_IRUSR | S_IWUSR), 0);
  refusal("FIFO");

  write("folder/b.txt", "x");
  fs::create_directory_symlink("folder", root_ / "a.yaml");
  refusal("link to a directory");

  fs::create_symlink("/dev/zero", root_ / "a.yaml");
  refusal("link that leads out of");
}

TEST_F(DirectoryReaderTest, ReadsNothingOfMoreBytesThanTheLimit) {
  for (const char* name : {"a.yaml", "b.yaml", "c.yaml"}) {
    write(name, "x");
    fs::resize_file(root_ / name, 300U << 20U);  // sparse: it takes no room
  }

  const auto reading = read_directory(root_, {"."});

  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::invalid_manifest);
  EXPECT_THAT(reading.error().message, HasSubstr("943718400 bytes"));
  EXPECT_THAT(reading.error().message, HasSubstr("8388608 (source.maxBytes)"));
}

TEST_F(DirectoryReaderTest, CountsWhatItLooksAt) {
  for (const char* name : {"a.txt", "b.txt", "c.yaml"}) write(name, "x");

  EXPECT_TRUE(read_directory(root_, {"."}, {.most_entries = 5}));
  EXPECT_FALSE(read_directory(root_, {"."}, {.most_entries = 4}));
}

TEST_F(DirectoryReaderTest, RefusesALinkThatLeadsNowhereRatherThanReadAPart) {
  fs::create_symlink("gone.yaml", root_ / "a.yaml");

  const auto reading = read_directory(root_, {"."});

  ASSERT_FALSE(reading);
  EXPECT_THAT(reading.error().message, HasSubstr("a.yaml"));
}

/// To a folder and back, that many times.
std::string detour(int times) {
  std::string way;
  for (int i = 0; i < times; ++i) way += "folder/../";
  return way;
}

TEST_F(DirectoryReaderTest, FollowsLinksOverNoMoreNamesThanItHasTimeFor) {
  write("folder/a.txt", "linked");
  fs::create_symlink(detour(100) + "folder/a.txt", root_ / "a.yaml");
  EXPECT_THAT(names(), ElementsAre("a.yaml"));

  // A link to a link, so that neither is long.
  fs::create_symlink(detour(100) + "a.yaml", root_ / "b.yaml");
  const auto reading = read_directory(root_, {"."});

  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::invalid_manifest);
  EXPECT_THAT(reading.error().message,
              HasSubstr("b.yaml is a link that leads to itself, or through too many links"));
}

TEST_F(DirectoryReaderTest, RefusesAMissingPath) {
  write("a/x.yaml", "x");

  const auto reading = read_directory(root_, {"a", "b"});

  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::invalid_manifest);
  EXPECT_THAT(reading.error().message, HasSubstr("/b does not exist"));
}

TEST_F(DirectoryReaderTest, ReadsAFileOnceThoughTwoPathsHoldIt) {
  write("a/x.yaml", "x");

  EXPECT_THAT(names({"a", "."}), ElementsAre("a/x.yaml"));
}

TEST_F(DirectoryReaderTest, GivesARevisionThatChangesWithNamesAndText) {
  write("a.yaml", "one");
  const std::string first = read_directory(root_, {"."})->snapshot.revision;
  EXPECT_EQ(read_directory(root_, {"."})->snapshot.revision, first);

  write("a.yaml", "two");
  const std::string second = read_directory(root_, {"."})->snapshot.revision;
  fs::rename(root_ / "a.yaml", root_ / "b.yaml");

  EXPECT_NE(second, first);
  EXPECT_NE(read_directory(root_, {"."})->snapshot.revision, second);
}

TEST_F(DirectoryReaderTest, BlamesNoFileWhereNoDescriptorIsLeft) {
  write("deep/a.yaml", "a");
  for (unsigned left = 0; left < 3; ++left) {
    const test::NoDescriptors few(left);
    const auto reading = read_directory(root_, {"."});

    ASSERT_FALSE(reading) << "with " << left << " left";
    EXPECT_EQ(reading.error().code, ErrorCode::exhausted) << to_string(reading.error());
  }
}

}  // namespace
}  // namespace authzd
