// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notice_groups.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace authzd {
namespace {

bool belong_together(const Notice& one, const Notice& other) {
  return one.kind == other.kind && revision_of(one) == revision_of(other) &&
         one.cycle.failure == other.cycle.failure && one.cycle.done_by == other.cycle.done_by;
}

bool has(const Notice& group, const AccountId& account) {
  return group.cycle.account == account ||
         std::ranges::any_of(group.others, [&account](const Notice& other) {
           return other.cycle.account == account;
         });
}

}  // namespace

std::vector<Notice> NoticeGroups::add(Notice notice, Time now) {
  std::vector<Notice> ready;
  auto group = std::ranges::find_if(
      groups_, [&notice](const Group& each) { return belong_together(each.notice, notice); });
  if (group != groups_.end() && has(group->notice, notice.cycle.account)) {
    ready.push_back(std::move(group->notice));
    groups_.erase(group);
    group = groups_.end();
  }
  if (group == groups_.end()) {
    groups_.push_back({std::move(notice), now});
    group = std::prev(groups_.end());
  } else {
    group->notice.others.push_back(std::move(notice));
  }
  if (group->notice.others.size() + 1 < accounts_) return ready;
  ready.push_back(std::move(group->notice));
  groups_.erase(group);
  return ready;
}

std::chrono::milliseconds NoticeGroups::wait(Time now) const {
  if (groups_.empty()) return {};
  const auto left = groups_.front().begun + kGroupWindow - now;
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(left),
                  std::chrono::milliseconds::zero());
}

std::vector<Notice> NoticeGroups::due(Time now) {
  std::vector<Notice> ready;
  while (!groups_.empty() && groups_.front().begun + kGroupWindow <= now) {
    ready.push_back(std::move(groups_.front().notice));
    groups_.erase(groups_.begin());
  }
  return ready;
}

std::vector<Notice> NoticeGroups::all() {
  std::vector<Notice> ready;
  for (Group& group : groups_) ready.push_back(std::move(group.notice));
  groups_.clear();
  return ready;
}

}  // namespace authzd
