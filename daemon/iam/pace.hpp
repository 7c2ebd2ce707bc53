// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// When the next request may go: a rate that a 429 halves, and the pause that IAM asks for with one,
// which holds every call of the account and not one. An account's pace and that of a token endpoint
// follow the one of the whole process.
#pragma once

#include "daemon/iam/token_bucket.hpp"
#include "daemon/net/async.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/fair_gate.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace authzd {

/// No pause is longer, whatever a reply asks for: after it, one more request learns whether IAM
/// still means it.
inline constexpr std::chrono::minutes kLongestPause{15};

class Pace {
 public:
  using Time = TokenBucket::Time;

  /// `total` is shared by all that go at its speed, too; null: no further limit. Nothing waits
  /// longer than `patience` for a pause to end. `whom`: who was asked to pause, for an error.
  Pace(Clock& clock,
       double per_second,
       std::shared_ptr<Pace> total,
       std::chrono::milliseconds patience,
       std::string whom = "this account");

  /// Returns when the next request may go, in the order of the calls. Errors: rate_limited, with
  /// what is left of a pause that is too long to be waited for. Cancellation: takes no one's turn.
  Async<void> enter();

  /// Holds every request for so long from now, or for kLongestPause. A pause that ends later stays
  /// as it is.
  void pause(std::chrono::milliseconds duration);

  /// A request that went at `asked` was answered with 429, and perhaps with how long to pause. The
  /// rate that holds from now on, where this has halved it.
  std::optional<double> throttle(Time asked, std::optional<std::chrono::milliseconds> asked_pause);

  /// Requests a second, now; 0: no limit.
  [[nodiscard]] double rate() const { return bucket_.at(clock_.ticks()); }

 private:
  Async<void> until_due();
  [[nodiscard]] std::chrono::milliseconds left_of_pause() const;

  Clock& clock_;
  TokenBucket bucket_;
  std::shared_ptr<Pace> total_;
  std::chrono::milliseconds patience_;
  std::string whom_;
  Time open_at_{};
  std::optional<FairGate> door_;  // one at a time waits for the rate; made by the first
};

}  // namespace authzd
