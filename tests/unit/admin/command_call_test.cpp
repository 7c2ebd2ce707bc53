// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/command_call.hpp"

#include "daemon/admin/command_event.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;

TEST(CommandCall, IsReadAsItWasWritten) {
  const CommandCall call{.command = "apply",
                         .options = {{"account", {"prod", "a \"b\"\n"}, false}, {"yes", {}, true}},
                         .confirmed = "abc",
                         .config = "/etc/authzd/authzd.yaml",
                         .config_option = "authzd.yaml",
                         .can_ask = true,
                         .style = {.colour = true, .width = 80},
                         .wants_progress = true,
                         .sudo_uid = "1000"};

  EXPECT_EQ(parse_call("apply", encode_body(call)), call);
}

TEST(CommandCall, IsEasyToWriteByHand) {
  EXPECT_EQ(parse_call("sync", ""), CommandCall{.command = "sync"});
  EXPECT_EQ(parse_call("sync", "{}"), CommandCall{.command = "sync"});

  const auto call =
      parse_call("runs", R"({"account": "prod", "count": 5, "wait": true, "all": false})");

  ASSERT_TRUE(call) << call.error().message;
  EXPECT_EQ(call->options,
            (std::vector<GivenOption>{
                {"account", {"prod"}, false}, {"count", {"5"}, false}, {"wait", {}, true}}));
}

TEST(CommandCall, KeepsWhatIsNotUtf8FromBreakingIt) {
  const CommandCall call{.command = "plan", .options = {{"name", {"\xff"}, false}}};

  EXPECT_TRUE(parse_call("plan", encode_body(call)));
}

TEST(CommandCall, SaysWhichMemberIsWrong) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"[]", "not a JSON object"},
      {"{", "not a JSON object"},
      {R"({"account": null})", "account: takes"},
      {R"({"account": {}})", "account: takes"},
      {R"({"account": [[]]})", "account: takes"},
      {R"({"confirmed": 1})", "confirmed: takes the hash"},
      {R"({"client": []})", "client: takes an object"},
      {R"({"client": {"canAsk": "yes"}})", "client: takes an object"}};
  for (const auto& [body, why] : cases) {
    const auto call = parse_call("plan", body);
    ASSERT_FALSE(call) << body;
    EXPECT_EQ(call.error().code, ErrorCode::rejected) << body;
    EXPECT_THAT(call.error().message, HasSubstr(why)) << body;
  }
  std::string deep(100'000, '[');
  EXPECT_FALSE(parse_call("plan", "{\"account\": " + deep));
}

TEST(CommandEvent, IsReadAsItWasWritten) {
  for (const CommandEvent& event : {CommandEvent{.kind = EventKind::out, .text = "a\n→"},
                                    CommandEvent{.kind = EventKind::err, .text = ""},
                                    CommandEvent{EventKind::file, "text", "plan.json", 0},
                                    CommandEvent{EventKind::confirm, "Apply?", "abc", 0},
                                    CommandEvent{.kind = EventKind::exit, .code = 64}}) {
    const std::string line = encode_line(event);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_EQ(parse_line(line), event) << line;
  }
}

TEST(CommandEvent, OfAKindThatIsNotKnownIsIgnoredAndNonsenseIsNot) {
  EXPECT_EQ(parse_line(R"({"weather": 5})"), std::nullopt);
  for (const char* line :
       {"", "[]", "{", R"({"exit": "0"})", R"({"out": 1})", R"({"file": "a"})"}) {
    EXPECT_FALSE(parse_line(line)) << line;
  }
}

}  // namespace
}  // namespace authzd
