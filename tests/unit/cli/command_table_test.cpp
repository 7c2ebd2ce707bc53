// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/command_table.hpp"

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
  for (std::string word; words >> word;) {
    if (word == "authzd") {
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

TEST(CommandTable, HasEachNameOnce) {
  std::vector<std::string_view> names;
  for (const CommandRow& row : command_table()) names.push_back(row.name);
  std::ranges::sort(names);

  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_EQ(find_command(command_table(), "plan")->name, "plan");
  EXPECT_EQ(find_command(command_table(), "plna"), nullptr);
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
