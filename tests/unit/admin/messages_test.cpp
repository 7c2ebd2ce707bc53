// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;

TEST(AdminMessages, AreReadAsTheyWereWritten) {
  const AdminCall call{
      {"apply", "--yes", "a \"b\"\n"}, "/etc/authzd/authzd.yaml", true, false, "1000"};

  EXPECT_EQ(parse_call(encode(call)), call);
  EXPECT_EQ(parse_hello(encode(Hello{"1.2.3"})), Hello{"1.2.3"});
  EXPECT_EQ(parse_reply(encode(ClientReply{"yes", "no space"})), (ClientReply{"yes", "no space"}));
  EXPECT_EQ(parse_exit(encode_exit(64)), 64);
}

TEST(AdminMessages, SurviveArgumentsThatAreNotUtf8) {
  const AdminCall call{{"plan", "\xff"}, "/c", false, false};

  const auto read = parse_call(encode(call));

  ASSERT_TRUE(read);
  EXPECT_EQ(read->arguments.front(), "plan");
}

TEST(AdminMessages, RefuseWhatIsNotOfTheirForm) {
  for (const char* text : {"",
                           "{",
                           "[]",
                           "null",
                           "{}",
                           R"({"arguments":"x"})",
                           R"({"arguments":[1],"config":"","canAsk":true,"colour":true})"}) {
    EXPECT_FALSE(parse_call(text)) << text;
    EXPECT_FALSE(parse_hello(text)) << text;
    EXPECT_FALSE(parse_reply(text)) << text;
    EXPECT_FALSE(parse_exit(text)) << text;
  }
  EXPECT_FALSE(parse_exit(R"({"code":"0"})"));
}

TEST(AdminMessages, OfDifferentVersionsSayWhatToDo) {
  EXPECT_EQ(version_difference("1.0.0", "1.0.0"), "");
  const std::string text = version_difference("1.1.0", "1.0.0");

  EXPECT_THAT(text, HasSubstr("this is authzd 1.1.0"));
  EXPECT_THAT(text, HasSubstr("systemctl restart authzd"));
}

}  // namespace
}  // namespace authzd
