// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A token bucket as a value: the time is an argument. A 429 halves the rate at which it fills,
// and time without one raises it again, evenly, up to the configured one (additive increase,
// multiplicative decrease).
#pragma once

#include <chrono>
#include <optional>

namespace authzd {

/// From zero to the configured rate, without a 429; from half of it in half of this.
inline constexpr std::chrono::minutes kRateRecovery{2};

/// The rate never falls below this, or below the configured one if that is less.
inline constexpr double kLowestRate = 1;

class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Zero or less: no limit, whatever the replies.
  explicit TokenBucket(double per_second);

  /// How long until the next request may be sent; zero: now. Half a second's worth may go at once.
  std::chrono::milliseconds wait(Time now);

  /// One request is sent, now. Call it only if wait() is zero.
  void take(Time now);

  /// A request sent at `asked` was answered with 429. The rate is halved once for all requests sent
  /// before that; it rises again from `now`, or from the end of the pause in the reply. True: it
  /// was halved.
  bool throttle(Time asked, Time now, std::chrono::milliseconds pause);

  /// Requests per second; 0: no limit.
  [[nodiscard]] double at(Time now) const;

 private:
  void fill(Time now);
  [[nodiscard]] double capacity(Time now) const;

  double configured_;
  double floor_;
  double low_;  // the rate at `rises_at_`
  Time rises_at_{};
  std::optional<Time> halved_at_;
  double tokens_;
  Time filled_{};
};

}  // namespace authzd
