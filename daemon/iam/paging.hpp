// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Assembles the pages of a list, and detects a list that is circular or endless.
#pragma once

#include "daemon/iam/policy_codec.hpp"
#include "reconciler/base/result.hpp"

#include <cstddef>
#include <map>
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

/// A list may change while it is read, so that a policy appears twice: the later one counts.
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
};

}  // namespace authzd
