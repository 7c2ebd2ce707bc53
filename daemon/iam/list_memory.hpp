// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The last list of policies, so that an identical page of the next one need not be decoded again.
// Pages are compared by SHA-256 of their bodies: an author of policies must not be able to make two
// bodies with the same digest.
#pragma once

#include "daemon/iam/policy_codec.hpp"
#include "reconciler/model/shared_policies.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// How many policies all lists of a process may store together between two cycles. An account
/// without room has its list decoded each time.
class ListRoom {
 public:
  explicit ListRoom(std::size_t most) : free_(most) {}

  [[nodiscard]] bool take(std::size_t policies) {
    if (policies > free_) return false;
    free_ -= policies;
    return true;
  }

  void give_back(std::size_t policies) { free_ += policies; }

 private:
  std::size_t free_;
};

/// Some 2 KiB each.
inline constexpr std::size_t kMostPoliciesKept = 20'000;

/// What is stored about one page besides its policies.
struct PageNote {
  std::string digest;  // of the body
  std::vector<PolicyId> ids;
  std::vector<UnreadablePolicy> unreadable = {};
  std::string next_start;
};

class ListMemory {
 public:
  /// Null if there is no room, or if `list` does not determine a page's policies: one of them was
  /// on two pages, or is not active. `list` is sorted by id; without a room there is no limit.
  static std::unique_ptr<ListMemory> make(SharedPolicies list,
                                          std::vector<PageNote> pages,
                                          std::shared_ptr<ListRoom> room);

  ~ListMemory();
  ListMemory(const ListMemory&) = delete;
  ListMemory& operator=(const ListMemory&) = delete;

  [[nodiscard]] std::size_t pages() const { return pages_.size(); }
  [[nodiscard]] const SharedPolicies& list() const { return list_; }

  /// Whether page `number`, from 0, had a body with that digest.
  [[nodiscard]] bool is_page(std::size_t number, const std::string& digest) const;
  [[nodiscard]] const std::string& next_start(std::size_t number) const;
  [[nodiscard]] const std::vector<UnreadablePolicy>& unreadable(std::size_t number) const;
  [[nodiscard]] const std::string& digest(std::size_t number) const;

  /// How many policies the first `number` pages have.
  [[nodiscard]] std::size_t count_before(std::size_t number) const;

  /// Removes and returns a decoded page; empty if there is none, or if it was taken. After that the
  /// list is incomplete: list() must not be used.
  std::optional<PolicyPage> take(const std::string& digest);

 private:
  struct Page {
    std::string digest;
    std::vector<std::uint32_t> places;  // of its policies in `list_`, in the page's order
    std::vector<UnreadablePolicy> unreadable;
    std::string next_start;
    bool is_taken = false;
  };

  ListMemory(SharedPolicies list, std::shared_ptr<ListRoom> room);

  SharedPolicies list_;
  std::shared_ptr<ListRoom> room_;
  std::vector<Page> pages_;
  std::map<std::string, std::size_t> numbers_;  // by digest
};

}  // namespace authzd
