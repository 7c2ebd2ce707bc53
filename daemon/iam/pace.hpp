// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// When the next request may be sent: at a rate that a 429 halves, and after the pause that IAM asks
// for with it, which applies to all calls of the account. The paces of accounts and token endpoints
// follow the one of the whole process.
#pragma once

#include "daemon/iam/token_bucket.hpp"
#include "daemon/net/async.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/fair_gate.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace authzd {

/// No pause is longer, whatever a reply asks for: after it, another request finds out whether it
/// still applies.
inline constexpr std::chrono::minutes kLongestPause{15};

class Pace {
 public:
  using Time = TokenBucket::Time;

  /// `total` is shared by all that it limits, too; null: no further limit. Nothing waits longer
  /// than `patience` for the end of a pause. `whom`: who has to pause, for an error.
  Pace(Clock& clock,
       double per_second,
       std::shared_ptr<Pace> total,
       std::chrono::milliseconds patience,
       std::string whom = "this account");

  /// Returns when the next request may be sent, in the order of the calls. Errors: rate_limited,
  /// with the rest of a pause that is too long to wait for. Cancellation: takes no turn.
  Async<void> enter();

  /// Stops every request for this long from now, at most for kLongestPause. A pause that ends later
  /// is not changed.
  void pause(std::chrono::milliseconds duration);

  /// A request sent at `asked` was answered with 429, and perhaps with a pause. Returns the new
  /// rate, if this has halved it.
  std::optional<double> throttle(Time asked, std::optional<std::chrono::milliseconds> asked_pause);

  /// Requests per second, now; 0: no limit.
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
  std::optional<FairGate> door_;  // for the rate, one waiter at a time; made on first use
};

/// For one token endpoint. A fleet that starts needs a token for each account at once.
inline constexpr double kTokensPerSecond = 25;

/// The parts of their pace that the accounts of a process share, also across reloads: the total
/// rate, and the rate at each token endpoint.
class SharedPace {
 public:
  /// `clock` must outlive this.
  explicit SharedPace(Clock& clock) : clock_(clock) {}

  /// For all requests. Keeps the previous one, with its state, if the rate is the same.
  std::shared_ptr<Pace> total(double per_second);

  /// For the token requests to that endpoint, within total(). A pause that IAM asks one account for
  /// applies to all.
  std::shared_ptr<Pace> tokens(const std::string& endpoint);

 private:
  Clock& clock_;
  double per_second_ = 0;
  std::shared_ptr<Pace> total_;
  std::map<std::string, std::shared_ptr<Pace>> tokens_;
};

}  // namespace authzd
