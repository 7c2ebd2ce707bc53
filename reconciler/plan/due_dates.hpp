// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which ends and reviews of authorizations come soon, so that somebody can act before they do. A
// reminder: it decides nothing.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/base/trusted_time.hpp"
#include "reconciler/model/desired.hpp"

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class DueKind {
  end,     // expiresAt: its policies are deleted then
  review,  // reviewBy: nothing happens by itself
};

std::string_view to_string(DueKind kind);  // "end", "review"

struct DueDate {
  DueKind kind = DueKind::end;
  std::string name;   // of the authorization
  std::string owner;  // metadata.owner; may be empty
  Timestamp at = {};
  /// The shortest of the times to remind before that has begun; 0: a review is overdue.
  std::chrono::milliseconds before{0};

  bool operator==(const DueDate&) const = default;
};

struct DueDates {
  std::vector<DueDate> dates = {};  // the soonest kMostDueDates, sorted by time, kind and name
  std::size_t ends = 0;             // all of them
  std::size_t reviews = 0;

  bool operator==(const DueDates&) const = default;
};

inline constexpr std::size_t kMostDueDates = 1'000;

/// The times before an end or a review at which somebody is reminded.
using RemindBefore = std::set<std::chrono::milliseconds>;
inline const RemindBefore kRemindBefore{std::chrono::hours(24 * 7), std::chrono::hours(24)};

/// What ends, or is to be reviewed, within the longest of the times from now on. One date for each
/// authorization and kind, and none for the end of one that is suspended or released. While IAM's
/// time is in doubt, only what is due in any case. Nothing if no time is given.
DueDates due_dates(const Desired& desired, const TrustedTime& time, const RemindBefore& before);

/// "disks ends at 2026-…", "disks was to be reviewed by 2026-… (owner storage)".
std::string due_text(const DueDate& date);

}  // namespace authzd
