// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/files.hpp"

#include "tests/support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>

namespace authzd {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FilesTest : public testing::Test {
 protected:
  test::TempFolder temporary_;
  const fs::path root_ = temporary_.path();
};

TEST_F(FilesTest, ReadsBackWhatWasWrittenAndLeavesNothingBeside) {
  const std::string path = (root_ / "plan.json").string();

  ASSERT_TRUE(write_whole_file(path, "one"));
  ASSERT_TRUE(write_whole_file(path, "two"));

  EXPECT_EQ(read_whole_file(path).value(), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), fs::directory_iterator()), 1);
}

TEST_F(FilesTest, NamesTheFileThatItCannotReadOrWrite) {
  const auto read = read_whole_file((root_ / "none").string());
  const auto written = write_whole_file((root_ / "no/where").string(), "x");

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("none: No such file or directory"));
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("no/where"));
}

TEST_F(FilesTest, WaitsForNoWriterOfAFifoInThePlaceOfAConfiguration) {
  const std::string fifo = (root_ / "authzd.yaml").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);

  const auto read = read_configuration(fifo);

  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("is no regular file"), std::string::npos);
}

TEST_F(FilesTest, SaysThatADirectoryIsNoFile) {
  const auto read = read_whole_file(root_.string());

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("Is a directory"));
}

}  // namespace
}  // namespace authzd
