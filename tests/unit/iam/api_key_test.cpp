// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/token_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace authzd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string key_in(std::string_view text) {
  const auto key = parse_api_key(text);
  return key ? std::string(key->reveal()) : "error: " + key.error().message;
}

TEST(ApiKey, IsTheTextWithoutItsNewline) {
  EXPECT_EQ(key_in("abc-_1\n"), "abc-_1");
  EXPECT_EQ(key_in(" abc\r\n\n"), "abc");
}

TEST(ApiKey, IsTheMemberOfTheFileThatTheConsoleDownloads) {
  EXPECT_EQ(key_in(R"({"name":"n","description":"","apikey":"abc"})"), "abc");
}

TEST(ApiKey, SaysWhatIsWrongAndNeverShowsTheText) {
  for (const std::string_view text :
       {"", " \n", "sec ret", "{sec", R"({"key":"sec"})", "sec\nret"}) {
    const auto key = parse_api_key(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code, ErrorCode::invalid_config);
    EXPECT_THAT(key.error().message, Not(HasSubstr("sec")));
  }
}

TEST(ApiKey, IsReadFromItsFileEachTime) {
  const std::string path = testing::TempDir() + "authzd_api_key_test";
  const ApiKey key{path, {}};
  std::ofstream(path) << "first\n";
  EXPECT_EQ(read_api_key(key)->reveal(), "first");
  std::ofstream(path) << "second\n";
  EXPECT_EQ(read_api_key(key)->reveal(), "second");
  std::remove(path.c_str());

  const auto gone = read_api_key(key);
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().message, HasSubstr(path));
}

TEST(ApiKey, CannotBeAFolder) {
  EXPECT_FALSE(read_api_key(ApiKey{testing::TempDir(), {}}));
}

}  // namespace
}  // namespace authzd
