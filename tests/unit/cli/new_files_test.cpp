// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/new_files.hpp"

#include "daemon/cli/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace authzd {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class NewFilesTest : public testing::Test {
 protected:
  std::vector<std::string> names_in(const fs::path& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  test::TempFolder temporary_;
  const fs::path folder_ = temporary_.path() / "a" / "b";
};

TEST_F(NewFilesTest, MakesTheFolderAndCanBeRepeated) {
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(write_new_files(folder_.string() + "/", {{"x.yaml", "1"}, {"y.yaml", "2"}}));
    EXPECT_THAT(names_in(folder_), ElementsAre("x.yaml", "y.yaml"));
  }
  EXPECT_EQ(read_whole_file((folder_ / "y.yaml").string()).value(), "2");
}

TEST_F(NewFilesTest, WritesNothingWhereOneFileIsThereWithAnotherText) {
  temporary_.write("a/b/y.yaml", "mine");

  const auto done = write_new_files(folder_.string(), {{"x.yaml", "1"}, {"y.yaml", "2"}});

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::invalid_config);
  EXPECT_THAT(done.error().message, AllOf(HasSubstr("b/y.yaml"), Not(HasSubstr("x.yaml"))));
  EXPECT_THAT(names_in(folder_), ElementsAre("y.yaml"));
  EXPECT_EQ(read_whole_file((folder_ / "y.yaml").string()).value(), "mine");
}

TEST_F(NewFilesTest, TakesNoLinkForAPlaceThatIsFree) {
  fs::create_directories(folder_);
  fs::create_symlink(temporary_.path() / "elsewhere", folder_ / "x.yaml");

  EXPECT_FALSE(write_new_files(folder_.string(), {{"x.yaml", "1"}}));
  EXPECT_FALSE(fs::exists(temporary_.path() / "elsewhere"));
}

TEST_F(NewFilesTest, LeavesNothingWhereItCannotWriteAll) {
  const std::string long_name = std::string(300, 'n') + ".yaml";

  const auto done = write_new_files(folder_.string(), {{"a.yaml", "1"}, {long_name, "2"}});

  ASSERT_FALSE(done);
  EXPECT_FALSE(fs::exists(temporary_.path() / "a"));
}

}  // namespace
}  // namespace authzd
