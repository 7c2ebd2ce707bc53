// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/token_bucket.hpp"

#include <algorithm>

namespace authzd {
namespace {

// A sum of fractions may be this much below a whole token.
constexpr double kRounding = 1e-6;

double seconds_of(TokenBucket::Time::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

TokenBucket::TokenBucket(double per_second)
    : configured_(std::max(per_second, 0.0)),
      floor_(std::min(kLowestRate, configured_)),
      low_(configured_),
      tokens_(capacity({})) {}

double TokenBucket::at(Time now) const {
  if (now <= rises_at_) return low_;
  const double risen = configured_ * seconds_of(now - rises_at_) / seconds_of(kRateRecovery);
  return std::min(configured_, low_ + risen);
}

double TokenBucket::capacity(Time now) const {
  return std::max(1.0, at(now) / 2);
}

/// With the rate at the last fill: while it rises, slightly less than is due.
void TokenBucket::fill(Time now) {
  if (now <= filled_) return;
  tokens_ += at(filled_) * seconds_of(now - filled_);
  tokens_ = std::min(tokens_, capacity(now));
  filled_ = now;
}

std::chrono::milliseconds TokenBucket::wait(Time now) {
  if (configured_ <= 0) return std::chrono::milliseconds(0);
  fill(now);
  if (tokens_ >= 1 - kRounding) return std::chrono::milliseconds(0);
  const std::chrono::duration<double> missing((1 - kRounding - tokens_) / at(now));
  return std::chrono::ceil<std::chrono::milliseconds>(missing);
}

void TokenBucket::take(Time now) {
  if (configured_ <= 0) return;
  fill(now);
  tokens_ -= 1;
}

bool TokenBucket::throttle(Time asked, Time now, std::chrono::milliseconds pause) {
  if (configured_ <= 0) return false;
  fill(now);
  const double before = at(now);
  const bool is_of_this_burst = halved_at_ && asked <= *halved_at_;
  if (!is_of_this_burst) {
    low_ = std::max(floor_, before / 2);
    rises_at_ = now;
    halved_at_ = now;
    tokens_ = std::min(tokens_, 0.0);  // saved tokens would be spent at once
  }
  if (pause.count() > 0) rises_at_ = std::max(rises_at_, now + pause);
  return !is_of_this_burst && at(now) < before;
}

}  // namespace authzd
