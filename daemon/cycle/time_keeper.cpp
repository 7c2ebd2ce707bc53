// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/time_keeper.hpp"

namespace authzd {
namespace {

std::chrono::milliseconds between(TimeKeeper::Ticks from, TimeKeeper::Ticks until) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(until - from);
}

}  // namespace

TimeKeeper::TimeKeeper(Clock& clock, std::optional<Timestamp> last_trusted)
    : clock_(&clock), last_trusted_(last_trusted) {}

void TimeKeeper::hear(Timestamp date, Ticks asked) {
  const Ticks received = clock_->ticks();
  heard_ = Heard{date, received, between(asked, received)};
  const TrustedTime time = now();
  if (time.is_trusted()) last_trusted_ = time.now;
}

TrustedTime TimeKeeper::now() const {
  std::optional<HeardDate> heard;
  if (heard_) heard = HeardDate{heard_->date, between(heard_->at, ticks()), heard_->round_trip};
  return judge_time(clock_->now(), heard, last_trusted_);
}

}  // namespace authzd
