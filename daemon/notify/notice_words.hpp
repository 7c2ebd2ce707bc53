// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A notice in words, in the parts that every message for people has: what, where, who committed it,
// and the commands that lead on. The formats lay them out.
#pragma once

#include "daemon/notify/notice.hpp"

#include <string>
#include <vector>

namespace authzd {

/// Accounts shown one by one in a message about several; the others are counted.
inline constexpr std::size_t kMostAccountsShown = 5;

/// Every text is safe to show and bounded, but may have what a format takes for its own: "<", "@",
/// "](".
struct NoticeWords {
  std::string title;                  // "authzd (acme), account prod (0123…): 2 created, …"
  std::vector<std::string> lines;     // what, one by one, and how many are left out
  std::string commit = {};            // `abc123def456 "Subject" by Ada Lovelace`; may be empty
  std::string link = {};              // to the commit's page; may be empty
  std::vector<std::string> commands;  // ready to be copied, at most as many as accounts are shown
};

NoticeWords words_of(const Notice& notice);

/// The same as one text: the title, the lines, the commit with its link, the commands.
std::string plain_text(const NoticeWords& words);

}  // namespace authzd
