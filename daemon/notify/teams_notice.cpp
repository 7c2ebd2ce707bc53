// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// An Adaptive Card. Markdown is read in TextBlock and Fact alone
// (learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format), so all
// text from outside stands in TextRun, which has none; a mention would need an entity in "msteams".
#include "daemon/notify/notice_formats.hpp"
#include "daemon/notify/notice_words.hpp"
#include "reconciler/report/json_values.hpp"

namespace authzd {
namespace {

using report::Json;

Json paragraph(Json run) {
  return {
      {"type", "RichTextBlock"}, {"spacing", "Small"}, {"inlines", Json::array({std::move(run)})}};
}

Json plain_run(const std::string& text) {
  return {{"type", "TextRun"}, {"text", text}};
}

Json run_with(const std::string& text, const char* key, const char* value) {
  Json run = plain_run(text);
  run[key] = value;
  return run;
}

}  // namespace

std::string teams_message(const Notice& notice) {
  const NoticeWords words = words_of(notice);
  Json body = Json::array({paragraph(run_with(words.title, "weight", "Bolder"))});
  for (const std::string& line : words.lines) body.push_back(paragraph(plain_run(line)));
  if (!words.commit.empty()) body.push_back(paragraph(plain_run("Commit " + words.commit)));
  for (const std::string& command : words.commands) {
    body.push_back(paragraph(run_with(command, "fontType", "Monospace")));
  }
  Json card = {{"type", "AdaptiveCard"},
               {"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
               {"version", "1.4"},
               {"msteams", {{"width", "Full"}}},
               {"body", std::move(body)}};
  if (!words.link.empty()) {
    card["actions"] = Json::array(
        {{{"type", "Action.OpenUrl"}, {"title", "Show the commit"}, {"url", words.link}}});
  }
  Json attachment = {{"contentType", "application/vnd.microsoft.card.adaptive"},
                     {"content", std::move(card)}};
  const Json message = {{"type", "message"}, {"attachments", Json::array({std::move(attachment)})}};
  return report::dump(message, -1);
}

}  // namespace authzd
