// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What to report about a cycle, and its text: values in, values out. notice_filter.hpp decides what
// is news, notice_groups.hpp what is sent as one message, notice_formats.hpp how it is written.
#pragma once

#include "daemon/notify/summary.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class NoticeKind {
  drift_found,
  change_applied,
  plan_held,
  account_failing,
  account_recovered,
  undo_ending,
  account_nearly_full,
  assertion_violated,
  hold_ended,
  ends_near,
  reviews_due,
  rollout_stopped,
  rollout_complete,
};

/// "DriftFound", …
std::string_view to_string(NoticeKind kind);
std::optional<NoticeKind> parse_notice_kind(std::string_view word);

struct Notice {
  NoticeKind kind = NoticeKind::drift_found;
  CycleSummary cycle;
  std::string text;     // one line for people
  std::string content;  // identifies equal notices: without times, runs and transactions
  /// The same of further accounts, sent as one message with this one.
  std::vector<Notice> others = {};
};

/// All notices of a cycle, reported before or not. Includes a recovery whenever the account does
/// not fail, and the end of holds whenever nothing is held.
std::vector<Notice> notices_of(const CycleSummary& cycle);

/// The revision that a notice is about, and its commit: of a failure the newest one, which may be
/// refused; else the one that was planned.
const std::string& revision_of(const Notice& notice);
const Commit& commit_of(const Notice& notice);

/// "2026-01-31T06:00:00Z".
std::string to_the_second(Timestamp time);

/// Grows from run to run: a notice about the newest covers those before it.
std::string content_of(const CycleSummary::EndingUndo& undo);

/// "disks (policy p-1) deleted by IBMid-1 at 2026-…": IAM may not report who deleted a policy.
std::string drift_text(const CycleSummary::Drift& drift);

/// Identifies a reminder: a date that moves, and each time before it, is another one.
std::string content_of(const DueDate& date);

/// "12 actions by the rail maxDelete: …", without a command.
std::string hold_text(const CycleSummary::Hold& hold);

/// The command that approves the hold, ready to be copied.
std::string approve_command(const CycleSummary& cycle, const CycleSummary::Hold& hold);

/// What a run did: "0 created, 299 updated, 0 deleted", where the updates are of markers only also
/// that, and before it who asked for it.
std::string done_text(const CycleSummary& cycle);

/// The command that approves everything that is held at once; empty if it is unknown.
std::string approve_all_command(const CycleSummary& cycle);

}  // namespace authzd
