// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What to report about a cycle, and its text: values in, values out. notifier.hpp sends it.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// The result of one cycle of one account, as far as notices need it.
struct CycleSummary {
  std::string owner;  // this installation
  AccountId account;
  std::string account_name;
  std::string run;
  std::string revision;
  Timestamp at = {};

  std::size_t created = 0;
  std::size_t updated = 0;
  std::size_t deleted = 0;
  struct Drift {
    std::string name;
    PolicyId policy;
    IamId by;
    std::string at;           // as IAM writes it
    bool is_deleted = false;  // deleted, rather than changed
  };
  std::vector<Drift> drifts;  // policies of ours that someone else had changed or deleted

  struct Hold {
    std::string hash;
    std::string rail;
    std::size_t actions = 0;
    std::string message = {};  // the numbers, until when, and what to do; may be empty
  };
  std::vector<Hold> holds;
  std::string approve_options = {};  // after a hash, with a leading blank; may be empty

  /// A run whose deletes can soon no longer be undone with the policies' old ids.
  struct EndingUndo {
    std::string run;
    std::size_t deletes = 0;
    Timestamp deleted = {};  // the first of them
    Timestamp until = {};
  };
  std::vector<EndingUndo> ending_undos;  // the oldest first; including those already reported

  std::size_t policies = 0;  // in the account, if it is nearly full; else 0
  std::size_t policy_limit = 0;

  std::vector<std::string> violations;  // of assertions: "ASSERTION policy ID", sorted
  std::string violations_text;          // the same for people

  std::string failure;  // stable word for the account's failure; empty: none
  std::string error;    // the same for people
};

enum class NoticeKind {
  drift_found,
  change_applied,
  plan_held,
  account_failing,
  account_recovered,
  undo_ending,
  account_nearly_full,
  assertion_violated,
};

/// "DriftFound", …
std::string_view to_string(NoticeKind kind);
std::optional<NoticeKind> parse_notice_kind(std::string_view word);

struct Notice {
  NoticeKind kind = NoticeKind::drift_found;
  CycleSummary cycle;
  std::string text;     // one line for people
  std::string content;  // identifies equal notices: without times, runs and transactions
};

/// All notices of a cycle, reported before or not. Includes a recovery whenever the account does
/// not fail.
std::vector<Notice> notices_of(const CycleSummary& cycle);

struct ToldNotice {
  std::string content;
  Timestamp at = {};

  bool operator==(const ToldNotice&) const = default;
};

/// The last one of each kind, of one account.
using ToldNotices = std::map<NoticeKind, ToldNotice>;

/// Drops notices that were already sent: the same content of one kind and account within a day, and
/// a recovery without a reported failure. An ending undo is reported once per run, a nearly full
/// account once for each percent, and violated assertions once for the same policies.
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

/// A CloudEvent 1.0 in JSON, structured mode. `id` is the event's, the same for each attempt.
std::string cloud_event(const Notice& notice, const std::string& id);

/// {"text": …}, as Slack and compatible services accept it.
std::string slack_message(const Notice& notice);

}  // namespace authzd
