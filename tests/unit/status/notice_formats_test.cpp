// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What text from outside cannot do in a message; the golden files show the messages.
#include "daemon/notify/notice_formats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace authzd {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kCommit(40, 'a');

Notice notice_with(const std::string& subject) {
  CycleSummary cycle;
  cycle.owner = "acme";
  cycle.account_name = "prod";
  cycle.revision = kCommit;
  cycle.commit = {kCommit, subject, subject, {}, "https://git.example/" + kCommit};
  cycle.created = 1;
  return notices_of(cycle).front();
}

TEST(SlackMessage, MentionsNobodyAndLinksNothingByTheWordOfACommit) {
  const json message = json::parse(
      slack_message(notice_with("<!channel> @here <https://evil.example|x> [x](https://evil)")));

  const std::string text = message.at("text");
  EXPECT_THAT(text, Not(HasSubstr("<!")));
  EXPECT_THAT(text, Not(HasSubstr("@")));
  EXPECT_THAT(text, Not(HasSubstr("<https://evil")));
  EXPECT_THAT(text, Not(HasSubstr("](")));
  EXPECT_THAT(text, HasSubstr("<https://git.example/" + kCommit + "|show>"));
}

/// The texts of the elements that read Markdown.
std::string markdown_of(const json& node) {
  std::string text;
  if (node.is_object() && (node.value("type", "") == "TextBlock" || node.contains("facts"))) {
    text += node.dump();
  }
  if (node.is_structured()) {
    for (const json& child : node) text += markdown_of(child);
  }
  return text;
}

TEST(TeamsMessage, HasNoTextOfACommitWhereMarkdownIsRead) {
  const json message = json::parse(teams_message(notice_with("[x](https://evil) <at>all</at>")));

  EXPECT_EQ(markdown_of(message), "");
  const json& card = message.at("attachments").at(0);
  EXPECT_EQ(card.at("contentType"), "application/vnd.microsoft.card.adaptive");
  EXPECT_FALSE(card.at("content").at("msteams").contains("entities")) << "they make mentions";
  EXPECT_EQ(card.at("content").at("actions").at(0).at("url"), "https://git.example/" + kCommit);
}

TEST(FilledTemplate, StaysJsonWhateverACommitSays) {
  const auto body = filled_template(R"({"a": "{subject}", "b": [{"c": "x {author}"}]})",
                                    notice_with("\"}, {text} \\ \x1b"));

  ASSERT_TRUE(body);
  const json filled = json::parse(*body);
  EXPECT_EQ(filled.size(), 2U);
  EXPECT_EQ(filled.at("a"), "\"}, {text} \\ \\x1B");
  EXPECT_THAT(filled.at("b").at(0).at("c").get<std::string>(), HasSubstr("x \"}"));
}

TEST(FilledTemplate, IsRefusedWhereItIsNoneOrNamesWhatIsNotKnown) {
  const Notice notice = notice_with("x");
  EXPECT_THAT(filled_template("{text}", notice).error().message, HasSubstr("is not JSON"));
  EXPECT_THAT(filled_template("", notice).error().message, HasSubstr("is not JSON"));
  EXPECT_THAT(filled_template(R"(["{secret}"])", notice).error().message,
              HasSubstr("{secret}, which is not known"));
  EXPECT_THAT(filled_template(std::string(9999, '['), notice).error().message,
              HasSubstr("nested too deeply"));
  EXPECT_EQ(*filled_template(R"(["{ text }", "{", "}"])", notice), R"(["{ text }","{","}"])");
}

TEST(PagerDutyEvent, IsForWhatBeginsOrEndsAnIncident) {
  EXPECT_TRUE(is_incident(NoticeKind::plan_held));
  EXPECT_TRUE(is_incident(NoticeKind::account_recovered));
  EXPECT_FALSE(is_incident(NoticeKind::change_applied));
  EXPECT_FALSE(is_incident(NoticeKind::drift_found));
}

}  // namespace
}  // namespace authzd
