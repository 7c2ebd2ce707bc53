// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is worth telling someone about a cycle, and in what words: values in, values out. How it is
// sent is in notifier.hpp.
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

/// How one cycle of one account ended, as far as a notice speaks of it.
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
    bool is_deleted = false;  // the policy, and not only changed
  };
  std::vector<Drift> drifts;  // policies of ours that someone else had changed or deleted

  struct Hold {
    std::string hash;
    std::string rail;
    std::size_t actions = 0;
    std::string message = {};  // the numbers, until when, and what to do; may be empty
  };
  std::vector<Hold> holds;
  std::string approve_options = {};  // behind a hash, with a blank before it; may be empty

  /// A run whose deletes can soon no longer be taken back with the ids that the policies had.
  struct EndingUndo {
    std::string run;
    std::size_t deletes = 0;
    Timestamp deleted = {};  // the first of them
    Timestamp until = {};
  };
  std::vector<EndingUndo> ending_undos;  // the oldest first; those that were told of, too

  std::size_t policies = 0;  // that the account holds, where it may hold hardly any more; else 0
  std::size_t policy_limit = 0;

  std::vector<std::string> violations;  // of assertions: "ASSERTION policy ID", sorted
  std::string violations_text;          // the same for people

  std::string failure;  // stable word of why the account fails; empty: it does not
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
  std::string content;  // what makes it the same as another: without times, runs and transactions
};

/// What a cycle gives to tell, whether or not it was told before. A recovery is among it wherever
/// the account does not fail.
std::vector<Notice> notices_of(const CycleSummary& cycle);

struct ToldNotice {
  std::string content;
  Timestamp at = {};

  bool operator==(const ToldNotice&) const = default;
};

/// The last one of each kind, of one account.
using ToldNotices = std::map<NoticeKind, ToldNotice>;

/// Leaves out what was told already: the same content of one kind and account within a day, and a
/// recovery from nothing that was told. That an undo ends is told once of each run, and that an
/// account is nearly full once for each percent that it grows. That assertions are violated is told
/// once of the same policies.
class NoticeFilter {
 public:
  [[nodiscard]] std::vector<Notice> news(const CycleSummary& cycle);

  /// What an earlier process told of an account; for before its first cycle.
  void recall(const AccountId& account, ToldNotices told);
  [[nodiscard]] ToldNotices told(const AccountId& account) const;

 private:
  static bool is_news(const Notice& notice, ToldNotices& told);

  std::map<AccountId, ToldNotices> told_;
};

/// A CloudEvent 1.0 in JSON, structured mode. `id` is the event's, the same for each attempt.
std::string cloud_event(const Notice& notice, const std::string& id);

/// {"text": …}, as Slack and what imitates it take it.
std::string slack_message(const Notice& notice);

}  // namespace authzd
