// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/command_table.hpp"

#include "daemon/cli/command_row.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The calls of authzd in an example: without comment, other programs and redirections.
std::vector<std::vector<std::string>> calls_in(std::string_view example) {
  std::vector<std::vector<std::string>> calls;
  std::istringstream words{std::string(example.substr(0, example.find("# ")))};
  bool is_of_authzd = false;
  bool is_first = true;  // of a command, so that it names the program
  for (std::string word; words >> word; is_first = word == "|" || word == "&&") {
    if (is_first && word == "authzd") {
      calls.emplace_back();
      is_of_authzd = true;
    } else if (word == "|" || word == "&&" || word == ">") {
      is_of_authzd = false;
    } else if (is_of_authzd) {
      calls.back().push_back(word);
    }
  }
  return calls;
}

class EachCommand : public testing::TestWithParam<CommandRow> {};

TEST_P(EachCommand, HasAHelpWithItsExamples) {
  const CommandRow& row = GetParam();

  const auto parsed = parse_command_line({std::string(row.name), "--help"}, command_table());

  const auto& help = std::get<EarlyExit>(parsed);
  EXPECT_EQ(help.code, ExitCode::done);
  EXPECT_THAT(help.text, HasSubstr(row.summary));
  EXPECT_THAT(help.text, HasSubstr("\nExamples:\n  "));
  EXPECT_THAT(std::string(row.summary), Not(testing::EndsWith(".")));
}

TEST_P(EachCommand, TakesItsOwnExamples) {
  const CommandRow& row = GetParam();
  if (row.perform == nullptr && row.perform_on == nullptr) return;  // answered by the parser
  std::size_t own = 0;
  std::istringstream lines{std::string(row.examples)};
  for (std::string line; std::getline(lines, line);) {
    for (const auto& words : calls_in(line)) {
      const auto parsed = parse_command_line(words, command_table());

      const auto* invocation = std::get_if<Invocation>(&parsed);
      ASSERT_NE(invocation, nullptr) << line << ": " << std::get<EarlyExit>(parsed).text;
      const bool is_of_row = invocation->row->name == row.name || invocation->common.trace;
      if (is_of_row) ++own;
    }
  }
  EXPECT_GT(own, 0U);
}

TEST_P(EachCommand, CanBePerformedInOneWay) {
  const CommandRow& row = GetParam();

  EXPECT_FALSE(row.perform != nullptr && row.perform_on != nullptr);
  // Commands on accounts may be sent to a daemon; others may not.
  EXPECT_EQ(row.reach != Reach::here, row.perform_on != nullptr);
}

INSTANTIATE_TEST_SUITE_P(CommandTable,
                         EachCommand,
                         testing::ValuesIn(command_table().begin(), command_table().end()),
                         [](const auto& each) { return std::string(each.param.name); });

/// What a daemon makes of the call that a client sends for these words.
Result<Invocation> sent(const std::vector<std::string>& words) {
  auto parsed = parse_command_line(words, command_table());
  auto& invocation = std::get<Invocation>(parsed);
  const CommandCall call{.command = std::string(invocation.row->name),
                         .options = std::move(invocation.given)};
  const auto received = parse_call(call.command, encode_body(call));
  return received ? parse_command_call(*received, command_table()) : received.error();
}

TEST(CommandCallOfALine, MeansTheSameToADaemon) {
  const std::string hash(64, 'a');
  const auto apply =
      sent({"apply", "-y", "--account=prod", "--account", "42", "--plan-hash", hash});
  ASSERT_TRUE(apply) << apply.error().message;
  EXPECT_EQ(apply->common.accounts, (std::vector<std::string>{"prod", "42"}));
  EXPECT_TRUE(std::get<ApplyCommand>(apply->command).yes);
  EXPECT_EQ(std::get<ApplyCommand>(apply->command).plan_hashes, std::vector{hash});

  const auto sync = sent({"sync", "--timeout", "10m", "prod", "test"});
  ASSERT_TRUE(sync) << sync.error().message;
  EXPECT_EQ(sync->common.accounts, (std::vector<std::string>{"prod", "test"}));
  EXPECT_FALSE(std::get<SyncCommand>(sync->command).wait);
  EXPECT_EQ(std::get<SyncCommand>(sync->command).timeout, std::chrono::minutes(10));

  const auto plan = sent({"plan", "--config", "c.yaml", "--out", "json=a", "--out", "text=b"});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(std::get<PlanCommand>(plan->command).files.size(), 2U);
  EXPECT_FALSE(plan->common.config) << "which configuration is meant is no option of the call";

  const auto show = sent({"show", "3b70c1d2", "-o", "json"});
  ASSERT_TRUE(show) << show.error().message;
  EXPECT_EQ(std::get<ShowCommand>(show->command).run, "3b70c1d2");
  EXPECT_EQ(std::get<ShowCommand>(show->command).output, OutputForm::json);
}

TEST(CommandCallOfALine, IsRefusedWhereItIsWrong) {
  const auto refused = [](std::string command, const char* body) {
    const auto call = parse_call(std::move(command), body);
    const auto invocation = parse_command_call(call.value(), command_table());
    return invocation ? std::string() : invocation.error().message;
  };
  EXPECT_THAT(refused("sync", R"({"acount": "prod"})"), HasSubstr("did you mean \"account\""));
  EXPECT_THAT(refused("show", "{}"), HasSubstr("RUN is needed"));
  EXPECT_THAT(refused("sync", R"({"wait": "maybe"})"), HasSubstr("wait"));
  EXPECT_THAT(refused("sync", R"({"timeout": true})"), HasSubstr("timeout"));
  EXPECT_THAT(refused("list", R"({"output": "yaml"})"), HasSubstr("is none of"));
  EXPECT_THAT(refused("run", "{}"), HasSubstr("a daemon has no command \"run\""));
  EXPECT_THAT(refused("no-such", "{}"), HasSubstr("a daemon has no command \"no-such\""));
  EXPECT_THAT(refused("aprove", "{}"), HasSubstr("did you mean \"approve\"?"));
  EXPECT_THAT(refused("show", R"({"run": "--output=json"})"), HasSubstr("is an option"));
  EXPECT_THAT(refused("sync", R"({"help": true})"), HasSubstr("takes no \"help\""));
}

TEST(CommandTable, HasEachNameOnce) {
  std::vector<std::string_view> names;
  for (const CommandRow& row : command_table()) names.push_back(row.name);
  std::ranges::sort(names);

  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_EQ(find_command(command_table(), "plan")->name, "plan");
  EXPECT_EQ(find_command(command_table(), "plna"), nullptr);
}

TEST(CommandTable, WhoMayReachWhatInASavedListAsksNobody) {
  const auto parsed = parse_command_line({"reach", "kms", "--saved", "list.json"}, command_table());
  const auto& offline = std::get<Invocation>(parsed);

  EXPECT_EQ(reach_of(offline), Reach::here);
  EXPECT_FALSE(needs_of(offline).setup.key);
  EXPECT_EQ(saved_list_of(offline.command), "list.json");
}

TEST(CommandTable, ARefThatCouldBeAnOptionIsRefused) {
  for (const char* ref : {"--upload-pack=x", "-x", "a b", "a..b", "x:y", ""}) {
    const auto parsed = parse_command_line({"plan", "--ref=" + std::string(ref)}, command_table());
    ASSERT_TRUE(std::holds_alternative<EarlyExit>(parsed)) << ref;
    EXPECT_EQ(std::get<EarlyExit>(parsed).code, ExitCode::usage) << ref;
  }
}

TEST(CommandTable, APlanAgainstASavedListAsksNobody) {
  const auto parsed = parse_command_line({"plan", "--against", "list.json"}, command_table());
  const auto& offline = std::get<Invocation>(parsed);
  const auto asked = parse_command_line({"plan"}, command_table());

  EXPECT_EQ(reach_of(offline), Reach::here);
  EXPECT_FALSE(needs_of(offline).setup.key);
  EXPECT_EQ(reach_of(std::get<Invocation>(asked)), Reach::anywhere);
  EXPECT_TRUE(needs_of(std::get<Invocation>(asked)).setup.key);
}

}  // namespace
}  // namespace authzd
