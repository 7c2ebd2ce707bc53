// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Notices of the same kind and revision over several accounts, as one message: one commit changes
// them all within seconds. Pure: the caller has the clock.
#pragma once

#include "daemon/notify/notice.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace authzd {

/// How long the first notice of a group waits for those of other accounts.
inline constexpr std::chrono::seconds kGroupWindow(10);

class NoticeGroups {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// With how many accounts a group is complete: with one, nothing waits.
  void expect(std::size_t accounts) { accounts_ = accounts; }

  /// What is to be sent now because of this notice: a group that it completes, or to which its
  /// account has already contributed. Otherwise it waits until it is due.
  [[nodiscard]] std::vector<Notice> add(Notice notice, Time now);

  /// How long until the oldest group is due; zero if it is, or if there is none.
  [[nodiscard]] std::chrono::milliseconds wait(Time now) const;

  /// Groups whose window has ended, the oldest first.
  [[nodiscard]] std::vector<Notice> due(Time now);

  /// All groups, the oldest first.
  [[nodiscard]] std::vector<Notice> all();

  [[nodiscard]] bool empty() const { return groups_.empty(); }

 private:
  struct Group {
    Notice notice;
    Time begun;
  };

  std::vector<Group> groups_;  // the oldest first; few: one for each kind and revision
  std::size_t accounts_ = 1;
};

}  // namespace authzd
