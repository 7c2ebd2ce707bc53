// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notice_filter.hpp"

#include <chrono>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace authzd {
namespace {

constexpr std::chrono::hours kAgain(24);

/// Sent once for each step that its content rises.
bool grows(NoticeKind kind) {
  return kind == NoticeKind::undo_ending || kind == NoticeKind::account_nearly_full;
}

/// Persistent until somebody acts, and not a failure of ours.
bool is_told_once(NoticeKind kind) {
  return kind == NoticeKind::assertion_violated || kind == NoticeKind::rollout_stopped;
}

/// Without the runs that were already reported.
CycleSummary without_told_undos(CycleSummary cycle, const ToldNotices& told) {
  const auto found = told.find(NoticeKind::undo_ending);
  if (found == told.end() || found->second.at > cycle.at) return cycle;
  std::erase_if(cycle.ending_undos, [&](const CycleSummary::EndingUndo& undo) {
    return content_of(undo) <= found->second.content;
  });
  return cycle;
}

NoticeKind kind_of(DueKind kind) {
  return kind == DueKind::end ? NoticeKind::ends_near : NoticeKind::reviews_due;
}

/// One content a line.
std::set<std::string> contents_in(const ToldNotices& told, NoticeKind kind) {
  std::set<std::string> contents;
  const auto found = told.find(kind);
  if (found == told.end()) return contents;
  std::istringstream lines(found->second.content);
  for (std::string line; std::getline(lines, line);) contents.insert(line);
  return contents;
}

/// What is still due, so that the content stays as small as the list; new dates are reported, and
/// are known from then on.
CycleSummary without_told_dates(CycleSummary cycle, ToldNotices& told) {
  if (cycle.due.empty()) return cycle;
  for (const DueKind kind : {DueKind::end, DueKind::review}) {
    const auto known = contents_in(told, kind_of(kind));
    if (known.empty()) continue;
    std::string kept;
    std::erase_if(cycle.due, [&](const DueDate& date) {
      if (date.kind != kind || !known.contains(content_of(date))) return false;
      kept += content_of(date) + "\n";
      return true;
    });
    told[kind_of(kind)].content = std::move(kept);
  }
  return cycle;
}

/// What is reported now, beside what was before.
bool remember_dates(const Notice& notice, ToldNotices& told) {
  ToldNotice& known = told[notice.kind];
  known.content += notice.content;
  known.at = notice.cycle.at;
  return true;
}

}  // namespace

bool NoticeFilter::is_news(const Notice& notice, ToldNotices& told) {
  if (notice.kind == NoticeKind::account_recovered) {
    return told.erase(NoticeKind::account_failing) > 0;
  }
  if (notice.kind == NoticeKind::hold_ended) return told.erase(NoticeKind::plan_held) > 0;
  if (notice.kind == NoticeKind::ends_near || notice.kind == NoticeKind::reviews_due) {
    return remember_dates(notice, told);
  }
  const auto found = told.find(notice.kind);
  const bool is_known = found != told.end() && found->second.at <= notice.cycle.at;
  const bool was_told =
      is_known && (grows(notice.kind) ? found->second.content >= notice.content
                                      : found->second.content == notice.content &&
                                            (is_told_once(notice.kind) ||
                                             notice.cycle.at < found->second.at + kAgain));
  if (!was_told) told.insert_or_assign(notice.kind, ToldNotice{notice.content, notice.cycle.at});
  return !was_told;
}

std::vector<Notice> NoticeFilter::news(const CycleSummary& cycle) {
  ToldNotices& told = told_[cycle.account];
  // What comes back after a plan without it is news. A failed cycle may have no plan.
  if (cycle.failure.empty() && cycle.violations.empty()) {
    told.erase(NoticeKind::assertion_violated);
  }
  if (cycle.rollout_stopped.empty()) told.erase(NoticeKind::rollout_stopped);
  if (cycle.failure.empty() && cycle.policies == 0) told.erase(NoticeKind::account_nearly_full);
  std::vector<Notice> notices =
      notices_of(without_told_dates(without_told_undos(cycle, told), told));
  std::erase_if(notices, [&told](const Notice& notice) { return !is_news(notice, told); });
  return notices;
}

void NoticeFilter::recall(const AccountId& account, ToldNotices told) {
  told_[account] = std::move(told);
}

ToldNotices NoticeFilter::told(const AccountId& account) const {
  const auto found = told_.find(account);
  return found == told_.end() ? ToldNotices{} : found->second;
}

}  // namespace authzd
