// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/small_file.hpp"

#include "tests/support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace authzd {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SmallFileTest : public testing::Test {
 protected:
  std::string why_not(const std::string& file) const {
    const auto read = read_token_file(file, "the token");
    if (read) return "it was read";
    EXPECT_EQ(read.error().code, ErrorCode::invalid_config);
    return read.error().message;
  }

  test::TempFolder folder;
};

TEST_F(SmallFileTest, GivesASecretWithoutTheWhiteSpaceAroundIt) {
  const auto read = read_secret_file(folder.write("key", " two words\r\n"), "the key");

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->reveal(), "two words");
}

TEST_F(SmallFileTest, TakesNoEmptySecret) {
  EXPECT_THAT(why_not(folder.write("key", "")), HasSubstr("/key is empty"));
  EXPECT_THAT(why_not(folder.write("key", " \n\n")), HasSubstr("/key is empty"));
}

TEST_F(SmallFileTest, TakesNoTokenOfSeveralWords) {
  const std::string said = why_not(folder.write("key", "s3cret of several\n"));

  EXPECT_THAT(said, AllOf(HasSubstr("the token in "), HasSubstr("/key holds white space")));
  EXPECT_THAT(said, testing::Not(HasSubstr("s3cret")));
}

TEST_F(SmallFileTest, SaysWhyAFileCannotBeRead) {
  EXPECT_THAT(why_not((folder.path() / "none").string()),
              HasSubstr("/none cannot be read: No such file or directory"));
  EXPECT_THAT(why_not(folder.path().string()), HasSubstr("is a directory"));
}

TEST_F(SmallFileTest, ReadsAFileWhole) {
  for (const std::size_t size : {0U, 4095U, 4096U, 4097U, 300'000U, 1U << 20U}) {
    const auto read = read_small_file(folder.write("file", std::string(size, 'x')), "the file");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(*read == std::string(size, 'x')) << size;
  }
  const auto too_large = folder.write("file", std::string((1U << 20U) + 1, 'x'));
  EXPECT_FALSE(read_small_file(too_large, "the file"));
}

// The kernel reports a size of 0.
TEST_F(SmallFileTest, ReadsAFileOfTheKernels) {
  const auto read = read_small_file("/proc/self/mountinfo", "the file");

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(*read, HasSubstr(" / "));
}

// It never gets a writer: a read that waited would never return.
TEST_F(SmallFileTest, WaitsForNoWriterOfAFifo) {
  const std::string fifo = (folder.path() / "key").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);

  EXPECT_THAT(why_not(fifo), HasSubstr("/key is no regular file"));
}

TEST_F(SmallFileTest, ReadsNoEndlessFile) {
  EXPECT_THAT(why_not("/dev/zero"), HasSubstr("/dev/zero is no regular file"));
  EXPECT_THAT(why_not(folder.write("large", std::string(2U << 20U, 'x'))),
              HasSubstr("/large is larger than 1 MiB"));
  const std::size_t limit = std::size_t{1} << 20U;
  EXPECT_TRUE(read_small_file(folder.write("at", std::string(limit, 'x')), "the file"));
  EXPECT_FALSE(read_small_file(folder.write("over", std::string(limit + 1, 'x')), "the file"));
}

}  // namespace
}  // namespace authzd
