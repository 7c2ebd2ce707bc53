// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/list_pages.hpp"

#include <algorithm>
#include <utility>

namespace authzd {

namespace {

Error endless(std::string_view why) {
  return Error{ErrorCode::bad_response, "IAM's list of policies " + std::string(why)};
}

}  // namespace

Result<std::string> PageCollector::add(PolicyPage page) {
  const std::size_t before = policies_.size();
  const bool has_any = !page.policies.empty();
  for (Observed& policy : page.policies) {
    Observed& kept = policies_[policy.id];
    // Absent is unknown: also a time that only one of both has was seen.
    const auto used = std::max(kept.last_permit_at, policy.last_permit_at);
    kept = std::move(policy);
    kept.last_permit_at = used;
  }
  ++pages_;
  const bool has_news = policies_.size() > before;
  if (has_news) without_news_ = 0;
  if (has_any && !has_news && ++without_news_ > kMostRepeats) return endless("repeats its pages");
  empty_ = has_any ? 0 : empty_ + 1;
  if (empty_ > kMostEmptyPages) return endless("has no end of empty pages");
  if (policies_.size() > kMostPolicies) return endless("grows without end");
  if (page.next_start.empty()) return std::string();
  if (!starts_.insert(page.next_start).second) return endless("leads back to an earlier page");
  if (pages_ >= kMostPages) return endless("has too many pages");
  return std::move(page.next_start);
}

std::vector<Observed> PageCollector::take() {
  std::vector<Observed> active;
  active.reserve(policies_.size());
  for (auto& [id, policy] : policies_) {
    if (policy.state == PolicyState::active) active.push_back(std::move(policy));
  }
  policies_.clear();
  return active;
}

namespace {

/// The position of each of `ids` in `list`; empty if one is not in it.
std::optional<std::vector<std::uint32_t>> places_of(const std::vector<PolicyId>& ids,
                                                    const std::vector<Observed>& list) {
  std::vector<std::uint32_t> places;
  places.reserve(ids.size());
  for (const PolicyId& id : ids) {
    const auto found = std::ranges::lower_bound(list, id, {}, &Observed::id);
    if (found == list.end() || found->id != id) return std::nullopt;
    places.push_back(static_cast<std::uint32_t>(found - list.begin()));
  }
  return places;
}

}  // namespace

ListMemory::ListMemory(SharedPolicies list, std::shared_ptr<ListRoom> room)
    : list_(std::move(list)), room_(std::move(room)) {}

ListMemory::~ListMemory() {
  if (room_ != nullptr) room_->give_back(list_.size());
}

/// The ids of the list are unique. If the pages have as many ids as the list, and all of them are
/// in it, then each is on one page only, and the page has the policy of the list.
std::unique_ptr<ListMemory> ListMemory::make(SharedPolicies list,
                                             std::vector<PageNote> pages,
                                             std::shared_ptr<ListRoom> room) {
  std::size_t ids = 0;
  for (const PageNote& page : pages) ids += page.ids.size();
  if (ids != list.size()) return nullptr;
  if (room != nullptr && !room->take(list.size())) return nullptr;
  std::unique_ptr<ListMemory> memory(new ListMemory(std::move(list), std::move(room)));
  for (PageNote& note : pages) {
    auto places = places_of(note.ids, memory->list_);
    if (!places) return nullptr;
    memory->numbers_.emplace(note.digest, memory->pages_.size());
    memory->pages_.push_back({std::move(note.digest),
                              std::move(*places),
                              std::move(note.unreadable),
                              std::move(note.next_start)});
  }
  return memory;
}

bool ListMemory::is_page(std::size_t number, const std::string& digest) const {
  return number < pages_.size() && pages_[number].digest == digest;
}

const std::string& ListMemory::next_start(std::size_t number) const {
  return pages_[number].next_start;
}

const std::vector<UnreadablePolicy>& ListMemory::unreadable(std::size_t number) const {
  return pages_[number].unreadable;
}

const std::string& ListMemory::digest(std::size_t number) const {
  return pages_[number].digest;
}

std::size_t ListMemory::count_before(std::size_t number) const {
  std::size_t count = 0;
  for (std::size_t at = 0; at < number; ++at) count += pages_[at].places.size();
  return count;
}

std::optional<PolicyPage> ListMemory::take(const std::string& digest) {
  const auto found = numbers_.find(digest);
  if (found == numbers_.end()) return std::nullopt;
  Page& page = pages_[found->second];
  if (std::exchange(page.is_taken, true)) return std::nullopt;
  std::vector<Observed>& policies = list_.own();
  PolicyPage taken;
  taken.policies.reserve(page.places.size());
  for (const std::uint32_t place : page.places) {
    taken.policies.push_back(std::move(policies[place]));
  }
  taken.unreadable = std::move(page.unreadable);
  taken.next_start = std::move(page.next_start);
  return taken;
}

}  // namespace authzd
