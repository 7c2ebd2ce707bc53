// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The one place where an account's time is made: IAM's Date as it was last heard, carried on by the
// monotonic clock, beside this host's clock.
#pragma once

#include "daemon/net/clock.hpp"
#include "reconciler/base/trusted_time.hpp"

#include <chrono>
#include <optional>

namespace authzd {

class TimeKeeper {
 public:
  using Ticks = std::chrono::steady_clock::time_point;

  /// `last_trusted`: by the state. `clock` must outlive this.
  TimeKeeper(Clock& clock, std::optional<Timestamp> last_trusted);

  [[nodiscard]] Ticks ticks() const { return clock_->ticks(); }

  /// A reply came now that has this Date; its request was begun at `asked`.
  void hear(Timestamp date, Ticks asked);

  [[nodiscard]] TrustedTime now() const;

 private:
  struct Heard {
    Timestamp date;
    Ticks at;
    std::chrono::milliseconds round_trip;
  };

  Clock* clock_;
  std::optional<Heard> heard_;
  std::optional<Timestamp> last_trusted_;
};

}  // namespace authzd
