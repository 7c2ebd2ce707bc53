// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/due_dates.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace authzd {
namespace {

/// The reminder for `at` that has begun; none: it is too early, or too late for an end.
std::optional<std::chrono::milliseconds> begun_reminder(DueKind kind,
                                                        Timestamp at,
                                                        Timestamp now,
                                                        const RemindBefore& before) {
  if (at <= now) {
    if (kind == DueKind::end) return std::nullopt;
    return std::chrono::milliseconds{0};
  }
  const auto found = before.lower_bound(at - now);
  return found == before.end() ? std::nullopt : std::optional(*found);
}

void add(DueKind kind,
         const Grant& grant,
         Timestamp at,
         Timestamp now,
         const RemindBefore& before,
         std::set<std::pair<std::string, DueKind>>& seen,
         std::vector<DueDate>& dates) {
  const auto reminder = begun_reminder(kind, at, now, before);
  if (!reminder || !seen.emplace(grant.name, kind).second) return;
  dates.push_back({kind, grant.name, grant.rationale.owner, at, *reminder});
}

}  // namespace

std::string_view to_string(DueKind kind) {
  return kind == DueKind::end ? "end" : "review";
}

DueDates due_dates(const Desired& desired, const TrustedTime& time, const RemindBefore& before) {
  DueDates due;
  if (before.empty()) return due;
  std::set<std::pair<std::string, DueKind>> seen;
  for (const Grant& grant : desired.grants) {
    const bool ends = grant.expires_at && !grant.suspend && !grant.release;
    if (ends) add(DueKind::end, grant, *grant.expires_at, time.earliest, before, seen, due.dates);
    const auto& review = grant.rationale.review_by;
    if (review) add(DueKind::review, grant, *review, time.earliest, before, seen, due.dates);
  }
  due.ends = static_cast<std::size_t>(std::ranges::count(due.dates, DueKind::end, &DueDate::kind));
  due.reviews = due.dates.size() - due.ends;
  std::ranges::sort(
      due.dates, {}, [](const DueDate& date) { return std::tie(date.at, date.kind, date.name); });
  if (due.dates.size() > kMostDueDates) due.dates.resize(kMostDueDates);
  return due;
}

std::string due_text(const DueDate& date) {
  const bool is_overdue = date.before.count() == 0;
  std::string text = printable(date.name);
  if (date.kind == DueKind::end) {
    text += " ends at ";
  } else {
    text += is_overdue ? " was to be reviewed by " : " is to be reviewed by ";
  }
  text += to_rfc3339(date.at);
  if (!date.owner.empty()) text += " (owner " + printable(date.owner) + ")";
  return text;
}

}  // namespace authzd
