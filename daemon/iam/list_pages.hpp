// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The pages of a list of policies: assembled, with a check that the list is neither circular nor
// endless; and remembered, so that an identical page of the next list need not be decoded again.
#pragma once

#include "daemon/iam/policy_codec.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/model/shared_policies.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// An account has at most some 4,000 policies unless IBM raises that (iam-api §6).
inline constexpr std::size_t kMostPages = 5'000;
inline constexpr std::size_t kMostPolicies = 200'000;

/// This many pages in a row without a new policy are a circle; one or two of them are a list that
/// grew at its front, or whose pages have become smaller.
inline constexpr std::size_t kMostRepeats = 10;

/// The same of empty pages: a list that is filtered may have some.
inline constexpr std::size_t kMostEmptyPages = 100;

/// A list may change while it is read, so that a policy appears twice: the later one counts, with
/// the later use.
class PageCollector {
 public:
  /// The start token of the next page; empty after the last one. Errors: bad_response.
  Result<std::string> add(PolicyPage page);

  /// The active ones, sorted by id, without duplicates. Ends the collector.
  std::vector<Observed> take();

  [[nodiscard]] std::size_t pages() const { return pages_; }
  [[nodiscard]] std::size_t size() const { return policies_.size(); }  // so far

 private:
  std::map<PolicyId, Observed> policies_;
  std::set<std::string> starts_;
  std::size_t pages_ = 0;
  std::size_t without_news_ = 0;  // pages in a row without a new policy
  std::size_t empty_ = 0;         // pages in a row
};

/// How many policies all lists of a process may store together between two cycles: an account
/// without room has its list decoded each time. Or how many grants: then those of an account
/// without room are packed.
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

/// The last list. Pages are compared by SHA-256 of their bodies: an author of policies must not be
/// able to make two bodies with the same digest.
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
