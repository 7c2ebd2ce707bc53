// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which notices are news: the same is not reported with each cycle.
#pragma once

#include "daemon/notify/notice.hpp"

#include <map>
#include <string>
#include <vector>

namespace authzd {

struct ToldNotice {
  std::string content;
  Timestamp at = {};

  bool operator==(const ToldNotice&) const = default;
};

/// The last one of each kind, of one account.
using ToldNotices = std::map<NoticeKind, ToldNotice>;

/// Drops notices that were already sent: the same content of one kind and account within a day, and
/// a recovery, or the end of holds, without a reported failure or hold. An ending undo is reported
/// once per run, a nearly full account once for each percent, and violated assertions once for the
/// same policies.
class NoticeFilter {
 public:
  [[nodiscard]] std::vector<Notice> news(const CycleSummary& cycle);

  /// What an earlier process reported for an account; call it before its first cycle.
  void recall(const AccountId& account, ToldNotices told);
  [[nodiscard]] ToldNotices told(const AccountId& account) const;

 private:
  static bool is_news(const Notice& notice, ToldNotices& told);

  std::map<AccountId, ToldNotices> told_;
};

}  // namespace authzd
