// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/trusted_time.hpp"

#include <algorithm>

namespace authzd {
namespace {

constexpr std::chrono::seconds kDateResolution{1};  // a Date has whole seconds, truncated

}  // namespace

TrustedTime judge_time(Timestamp host,
                       const std::optional<HeardDate>& heard,
                       std::optional<Timestamp> last_trusted) {
  const Timestamp floor = last_trusted.value_or(Timestamp{});
  TrustedTime time;
  if (!heard) {
    time.now = std::max(host, floor);
    time.earliest = floor;
    time.latest = time.now;
    return time;
  }
  const Timestamp iam = heard->date + heard->age;
  const Timestamp iam_latest = iam + heard->round_trip + kDateResolution;
  time.skew = host - iam;
  if (host - iam_latest <= kMaxClockSkew && iam - host <= kMaxClockSkew) {
    time.source = TimeSource::iam;
    time.now = time.earliest = iam;
    time.latest = iam_latest;
    return time;
  }
  time.source = TimeSource::disputed;
  time.now = std::max(iam, floor);
  time.earliest = floor;
  time.latest = std::max({host, iam_latest, floor});
  return time;
}

std::string clock_text(const TrustedTime& time) {
  const bool is_ahead = time.skew.count() > 0;
  switch (time.source) {
    case TimeSource::iam: return {};
    case TimeSource::disputed:
      return "this host's clock is " + to_string(is_ahead ? time.skew : -time.skew) +
             (is_ahead ? " ahead of" : " behind") +
             " IAM's: nothing ends, and no rail releases anything, by time until they agree; "
             "synchronize this host's clock";
    case TimeSource::host:
      return "IAM's replies have no usable Date, and this host's clock alone is not trusted: "
             "nothing ends, and no rail releases anything, by time; see that no proxy removes the "
             "header Date";
  }
  return {};
}

TrustedTime trusted_at(Timestamp now) {
  TrustedTime time;
  time.now = time.earliest = time.latest = now;
  time.source = TimeSource::iam;
  return time;
}

}  // namespace authzd
