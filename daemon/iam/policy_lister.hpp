// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Lists the policies of an account page by page, and learns which parameters IAM accepts. IAM takes
// some 20 ms per policy, so that a list of thousands in one reply would exceed the time limit of
// one request; a late page is requested again, smaller, but not the whole list. A page that is the
// same as in the last list is not decoded again.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/iam/list_pages.hpp"
#include "daemon/iam/session.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Late pages are not made smaller than this.
inline constexpr std::size_t kSmallestPage = 25;

struct ListingOptions {
  AccountId account;
  std::size_t page_size = 100;                  // 0: all policies in one reply
  std::chrono::milliseconds patience{120'000};  // for the whole list
  std::shared_ptr<ListRoom> room = {};          // for the stored list; null: no limit
};

class PolicyLister {
 public:
  PolicyLister(std::shared_ptr<Session> session, ListingOptions options);

  /// As PolicyReader::list.
  Async<Listing> list();

 private:
  using Time = TokenBucket::Time;

  /// The parameters of a list request.
  struct Form {
    std::size_t limit = 0;  // 0: not sent
    bool with_use = false;

    bool operator==(const Form&) const = default;
  };

  /// A list that is being read.
  struct Reading {
    Form form;
    Time until;
    PageCollector pages = {};
    Listing listing = {};
    std::set<PolicyId> unreadable = {};     // ids of those in `listing`
    std::unique_ptr<ListMemory> last = {};  // the last list
    std::size_t same = 0;                   // leading pages that equal those of `last`
    bool is_same_so_far = false;            // `pages` has none of them yet
    std::size_t bytes = 0;                  // of the other pages
    std::vector<PageNote> notes = {};       // of the pages in `pages`

    [[nodiscard]] std::size_t page_count() const { return is_same_so_far ? same : pages.pages(); }
    [[nodiscard]] std::size_t policy_count() const;
  };

  [[nodiscard]] Form usual_form() const;
  [[nodiscard]] Time now() const { return session_->clock().ticks(); }

  // A page's coroutine returns where the next page starts; empty: the end.
  Async<void> read_all(Reading& reading);           // coroutine-ref: the awaiter's
  Async<std::string> first_page(Reading& reading);  // coroutine-ref: the awaiter's
  Async<std::string> next_page(Reading& reading,    // coroutine-ref: the awaiter's
                               std::string start);
  Async<std::string> take(Reading& reading,         // coroutine-ref: the awaiter's
                          const WireReply& reply);  // coroutine-ref: the awaiter's
  Async<std::string> take_other(Reading& reading,   // coroutine-ref: the awaiter's
                                std::string digest,
                                std::string_view body);  // coroutine-ref: the awaiter's
  Result<std::string> add(Reading& reading, std::string digest, PolicyPage page);
  Listing finish(Reading reading);
  void shrink(Form& form);
  void learn(const Form& asked, const Form& taken, const Error& why);
  void say_what_is_taken_again(const Form& taken);
  void warn_of(const std::vector<UnreadablePolicy>& unreadable);
  [[nodiscard]] Error took_too_long(const Reading& reading) const;

  std::shared_ptr<Session> session_;
  ListingOptions options_;
  std::size_t limit_;  // of a page: as configured, or as small as IAM needs to answer in time
  bool is_limit_refused_ = false;     // IAM refused `limit` when last asked
  bool is_use_refused_ = false;       // IAM refused include_last_permit when last asked
  Time ask_for_limit_at_{};           // not again before
  Time ask_for_use_at_{};             // not again before
  std::unique_ptr<ListMemory> last_;  // null while a list is read
  std::set<std::string> warned_of_;   // problems of policies that were left out
};

}  // namespace authzd
