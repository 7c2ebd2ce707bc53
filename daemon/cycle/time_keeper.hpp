// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The only source of an account's time: IAM's last Date, extrapolated by the monotonic clock, along
// with this host's clock.
#pragma once

#include "daemon/net/clock.hpp"
#include "reconciler/base/trusted_time.hpp"

#include <chrono>
#include <optional>

namespace authzd {

class TimeKeeper {
 public:
  using Ticks = std::chrono::steady_clock::time_point;

  /// `last_trusted`: from the state. `clock` must outlive this.
  TimeKeeper(Clock& clock, std::optional<Timestamp> last_trusted);

  [[nodiscard]] Ticks ticks() const { return clock_->ticks(); }

  /// A reply with this Date has just arrived; its request was begun at `asked`.
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
