// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How fast requests may follow each other: a token bucket for the account, one for the process, and
// the pause that IAM asks for with a 429, which holds every call of the account and not one.
#pragma once

#include "daemon/net/async.hpp"
#include "daemon/net/clock.hpp"

#include <chrono>
#include <memory>

namespace authzd {

/// No pause is longer, whatever a reply asks for: after it, one more request learns whether IAM
/// still means it.
inline constexpr std::chrono::minutes kLongestPause{15};

/// A token bucket as a value: the time is an argument. Half a second's worth may go at once.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Zero or less: no limit.
  explicit TokenBucket(double per_second);

  /// Takes one token; returns how long its taker must wait for it. Takers are served in order.
  std::chrono::milliseconds take(Time now);

 private:
  double per_second_;
  double capacity_;
  double tokens_;
  Time filled_{};
};

/// The pace of one account.
class Pace {
 public:
  /// `total` is shared by all accounts of the process; null: no limit. Nothing waits longer than
  /// `patience` for a pause to end.
  Pace(Clock& clock,
       double per_second,
       std::shared_ptr<TokenBucket> total,
       std::chrono::milliseconds patience);

  /// Returns when the next request may go. Errors: rate_limited, with what is left of a pause that
  /// is too long to be waited for.
  Async<void> enter();

  /// Holds every request for so long from now, or for kLongestPause. A pause that ends later stays
  /// as it is.
  void pause(std::chrono::milliseconds duration);

 private:
  Clock& clock_;
  TokenBucket own_;
  std::shared_ptr<TokenBucket> total_;
  std::chrono::milliseconds patience_;
  TokenBucket::Time open_at_{};
};

}  // namespace authzd
