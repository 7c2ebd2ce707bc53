// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The text of a message in Slack's mrkdwn. Mattermost and others take the same, but read more into
// it: "@here" without brackets, and links of Markdown.
#include "daemon/notify/notice_formats.hpp"
#include "daemon/notify/notice_words.hpp"
#include "reconciler/report/json_values.hpp"

namespace authzd {
namespace {

/// "&", "<" and ">" are special in Slack, "@", "](" and "`" in what is compatible, and all of them
/// make a link of what looks like an address.
std::string slack_escaped(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case ':': escaped += text.substr(i).starts_with("://") ? "：" : ":"; break;
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

/// Nothing in a command or in an address of ours may be replaced: the reader gets it as it is.
std::string slack_verbatim(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<' || c == '>') {
      escaped += c == '<' ? "&lt;" : "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string slack_message(const Notice& notice) {
  const NoticeWords words = words_of(notice);
  std::string text = slack_escaped(words.title);
  for (const std::string& line : words.lines) text += "\n" + slack_escaped(line);
  if (!words.commit.empty()) {
    text += "\nCommit " + slack_escaped(words.commit);
    if (!words.link.empty()) text += " <" + slack_verbatim(words.link) + "|show>";
  }
  for (const std::string& command : words.commands) text += "\n`" + slack_verbatim(command) + "`";
  const report::Json message = {
      {"text", text}, {"parse", "none"}, {"unfurl_links", false}, {"unfurl_media", false}};
  return report::dump(message, -1);
}

}  // namespace authzd
