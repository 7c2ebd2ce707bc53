// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The time for decisions, judged from IAM's Date and never from this host's clock alone (design §6,
// Time). Pure: the clock values are inputs.
//
//   IAM's Date      | trusted | now                | earliest        | latest
//   ----------------+---------+--------------------+-----------------+---------------------------
//   agrees          | yes     | IAM's              | IAM's           | IAM's, with the round trip
//   differs by more | no      | IAM's, or the last | the last        | the later of both clocks
//                   |         | trusted time       | trusted time    |
//   was never sent  | no      | the host's, or … " | the last " …    | as `now`
#pragma once

#include "reconciler/base/time.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace authzd {

/// If the host's clock and IAM's differ by more, time releases nothing.
inline constexpr std::chrono::minutes kMaxClockSkew{5};

enum class TimeSource {
  host,      // IAM has not sent a time: the host's clock may be wrong
  iam,       // IAM's Date, and the host's clock agrees
  disputed,  // IAM's Date and the host's clock differ by more than kMaxClockSkew
};

struct TrustedTime {
  Timestamp now = {};       // to record, and to compute the age of an own write
  Timestamp earliest = {};  // has certainly come: use it for what time releases
  Timestamp latest = {};    // may have come: use it for what time ends, such as an approval
  TimeSource source = TimeSource::host;
  std::chrono::milliseconds skew{0};  // the host's clock minus IAM's; 0 if IAM sent none

  [[nodiscard]] bool is_trusted() const { return source == TimeSource::iam; }
  [[nodiscard]] bool has_passed(Timestamp time) const { return time <= earliest; }

  /// `time` may or may not have passed: do neither what requires that it has, nor what requires
  /// that it has not.
  [[nodiscard]] bool is_in_doubt(Timestamp time) const {
    return !is_trusted() && !has_passed(time) && time <= latest;
  }

  /// Less than `limit` ago. A future time was written by a wrong clock: it counts as now.
  [[nodiscard]] bool is_within(Timestamp time, std::chrono::milliseconds limit) const {
    return now - time < limit;
  }

  /// The time to record for what the rails count: it must not age too early. While the clocks
  /// disagree it is too late rather than too early, and is set back once they agree.
  [[nodiscard]] Timestamp at_latest() const { return is_trusted() ? now : latest; }

  /// For decisions that require a trusted time.
  [[nodiscard]] std::optional<Timestamp> if_trusted() const {
    return is_trusted() ? std::optional(now) : std::nullopt;
  }

  bool operator==(const TrustedTime&) const = default;
};

/// IAM's Date and, by the monotonic clock, how long ago it came and how long its request took.
struct HeardDate {
  Timestamp date = {};
  std::chrono::milliseconds age{0};
  std::chrono::milliseconds round_trip{0};
};

/// `last_trusted`: the latest time that was ever trusted, across restarts.
TrustedTime judge_time(Timestamp host,
                       const std::optional<HeardDate>& heard,
                       std::optional<Timestamp> last_trusted);

/// Why a time is not trusted, and what to do, in one line; empty if it is.
std::string clock_text(const TrustedTime& time);

/// A time without any doubt.
TrustedTime trusted_at(Timestamp now);

}  // namespace authzd
