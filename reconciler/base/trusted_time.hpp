// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What time it is, as far as a decision may depend on it: judged from IAM's Date, never from this
// host's clock alone (design §6, Time). Pure: what the clocks said comes in.
//
//   IAM's Date      | trusted | now                | earliest        | latest
//   ----------------+---------+--------------------+-----------------+---------------------------
//   agrees          | yes     | IAM's              | IAM's           | IAM's, with the round trip
//   differs by more | no      | IAM's, or what was | what was        | the later of both clocks
//                   |         | trusted last       | trusted last    |
//   was never sent  | no      | the host's, or … " | what was " … "  | as `now`
#pragma once

#include "reconciler/base/time.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace authzd {

/// Beyond this much between the host's clock and IAM's, nothing is released by time.
inline constexpr std::chrono::minutes kMaxClockSkew{5};

enum class TimeSource {
  host,      // IAM has not said what time it is: the host's clock may be wrong
  iam,       // IAM's Date, and the host's clock agrees
  disputed,  // IAM's Date and the host's clock differ by more than kMaxClockSkew
};

struct TrustedTime {
  Timestamp now = {};       // to write down, and to tell how old an own write is
  Timestamp earliest = {};  // has come for sure: what time releases is measured by it
  Timestamp latest = {};    // may have come: what time ends, as an approval, is measured by it
  TimeSource source = TimeSource::host;
  std::chrono::milliseconds skew{0};  // the host's clock minus IAM's; 0 where IAM said nothing

  [[nodiscard]] bool is_trusted() const { return source == TimeSource::iam; }
  [[nodiscard]] bool has_passed(Timestamp time) const { return time <= earliest; }

  /// `time` may have passed, and nobody can say: neither what depends on its passing nor what
  /// depends on its being ahead may be done.
  [[nodiscard]] bool is_in_doubt(Timestamp time) const {
    return !is_trusted() && !has_passed(time) && time <= latest;
  }

  /// Less than `limit` ago. What lies ahead was written by a clock that was wrong: it is now.
  [[nodiscard]] bool is_within(Timestamp time, std::chrono::milliseconds limit) const {
    return now - time < limit;
  }

  /// To write down what the rails count: it must not grow old before its time. While the clocks
  /// disagree it lies ahead rather than behind, and what lies ahead is set back once they agree.
  [[nodiscard]] Timestamp at_latest() const { return is_trusted() ? now : latest; }

  /// For what must not be judged at all without a trusted time.
  [[nodiscard]] std::optional<Timestamp> if_trusted() const {
    return is_trusted() ? std::optional(now) : std::nullopt;
  }

  bool operator==(const TrustedTime&) const = default;
};

/// IAM's Date, and by the monotonic clock: how long ago it came, and how long its request took.
struct HeardDate {
  Timestamp date = {};
  std::chrono::milliseconds age{0};
  std::chrono::milliseconds round_trip{0};
};

/// `last_trusted`: the latest time that was ever trusted, over restarts.
TrustedTime judge_time(Timestamp host,
                       const std::optional<HeardDate>& heard,
                       std::optional<Timestamp> last_trusted);

/// Why a time is not trusted, and what to do, in one line; empty where it is.
std::string clock_text(const TrustedTime& time);

/// A time of which nobody doubts anything.
TrustedTime trusted_at(Timestamp now);

}  // namespace authzd
