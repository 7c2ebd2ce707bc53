// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The text of a message in Slack's mrkdwn. Mattermost and others take the same, but read more into
// it: "@here" without brackets, and links of Markdown.
#include "daemon/notify/notice_formats.hpp"
#include "daemon/notify/notice_words.hpp"
#include "reconciler/report/json_values.hpp"

namespace authzd {
namespace {

/// "&", "<" and ">" are special in Slack, "@", "](" and "`" in what is compatible.
std::string slack_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '@': escaped += "＠"; break;  // the wide one: it mentions nobody
      case '`': escaped += '\''; break;
      case '(':
        if (escaped.ends_with(']')) escaped += ' ';
        escaped += c;
        break;
      default: escaped += c;
    }
  }
  return escaped;
}

/// A command is copied from the message: nothing in it may be replaced.
std::string slack_command(std::string_view command) {
  std::string escaped = "`";
  for (const char c : command) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<' || c == '>') {
      escaped += c == '<' ? "&lt;" : "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped + "`";
}

}  // namespace

std::string slack_message(const Notice& notice) {
  const NoticeWords words = words_of(notice);
  std::string text = slack_escaped(words.title);
  for (const std::string& line : words.lines) text += "\n" + slack_escaped(line);
  if (!words.commit.empty()) {
    text += "\nCommit " + slack_escaped(words.commit);
    if (!words.link.empty()) text += " <" + slack_escaped(words.link) + "|show>";
  }
  for (const std::string& command : words.commands) text += "\n" + slack_command(command);
  const report::Json message = {{"text", text}, {"unfurl_links", false}, {"unfurl_media", false}};
  return report::dump(message, -1);
}

}  // namespace authzd
