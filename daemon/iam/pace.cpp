// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/pace.hpp"

#include "reconciler/base/time.hpp"

#include <algorithm>
#include <utility>

namespace authzd {

using std::chrono::milliseconds;

TokenBucket::TokenBucket(double per_second)
    : per_second_(per_second), capacity_(std::max(1.0, per_second / 2)), tokens_(capacity_) {}

milliseconds TokenBucket::take(Time now) {
  if (per_second_ <= 0) return milliseconds(0);
  const std::chrono::duration<double> passed = now - filled_;
  tokens_ = std::min(capacity_, tokens_ + passed.count() * per_second_) - 1;
  filled_ = now;
  if (tokens_ >= 0) return milliseconds(0);
  const std::chrono::duration<double> wait(-tokens_ / per_second_);
  return std::chrono::ceil<milliseconds>(wait);
}

Pace::Pace(Clock& clock,
           double per_second,
           std::shared_ptr<TokenBucket> total,
           milliseconds patience)
    : clock_(clock), own_(per_second), total_(std::move(total)), patience_(patience) {}

Async<void> Pace::enter() {
  for (auto now = clock_.ticks(); now < open_at_; now = clock_.ticks()) {
    const auto left = std::chrono::ceil<milliseconds>(open_at_ - now);
    if (left > patience_) {
      Error error{ErrorCode::rate_limited,
                  "IAM asked this account to pause, for another " + to_string(left)};
      error.detail.retry_after = left;
      co_return error;
    }
    co_await clock_.sleep(left);
  }
  const milliseconds own = own_.take(clock_.ticks());
  if (own.count() > 0) co_await clock_.sleep(own);
  if (!total_) co_return Result<void>();
  const milliseconds total = total_->take(clock_.ticks());
  if (total.count() > 0) co_await clock_.sleep(total);
  co_return Result<void>();
}

void Pace::pause(milliseconds duration) {
  open_at_ = std::max(open_at_, clock_.ticks() + std::min<milliseconds>(duration, kLongestPause));
}

}  // namespace authzd
