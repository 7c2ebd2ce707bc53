// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/pace.hpp"

#include "reconciler/base/time.hpp"
#include "reconciler/retry/retry.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace authzd {

using std::chrono::milliseconds;

Pace::Pace(Clock& clock,
           double per_second,
           std::shared_ptr<Pace> total,
           milliseconds patience,
           std::string whom)
    : clock_(clock),
      bucket_(per_second),
      total_(std::move(total)),
      patience_(patience),
      whom_(std::move(whom)) {}

milliseconds Pace::left_of_pause() const {
  const auto now = clock_.ticks();
  return now < open_at_ ? std::chrono::ceil<milliseconds>(open_at_ - now) : milliseconds(0);
}

Async<void> Pace::enter() {
  if (!door_) {
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    door_.emplace(executor, 1);
  }
  const FairGate::Pass turn = co_await door_->enter();
  auto due = co_await until_due();
  if (!due) co_return std::move(due).error();
  if (total_) {
    auto entered = co_await total_->enter();
    if (!entered) co_return std::move(entered).error();
    // A 429 may have arrived meanwhile.
    due = co_await until_due();
    if (!due) co_return std::move(due).error();
  }
  bucket_.take(clock_.ticks());
  co_return Result<void>();
}

/// What it waits for may change meanwhile: by another 429.
Async<void> Pace::until_due() {
  for (;;) {
    const milliseconds left = left_of_pause();
    if (left > patience_) {
      Error error{ErrorCode::rate_limited,
                  "IAM asked " + whom_ + " to pause, for another " + to_string(left)};
      error.detail.retry_after = left;
      co_return error;
    }
    const milliseconds wait = std::max(left, bucket_.wait(clock_.ticks()));
    if (wait.count() <= 0) co_return Result<void>();
    co_await clock_.sleep(wait);
  }
}

void Pace::pause(milliseconds duration) {
  open_at_ = std::max(open_at_, clock_.ticks() + std::min<milliseconds>(duration, kLongestPause));
}

std::optional<double> Pace::throttle(Time asked, std::optional<milliseconds> asked_pause) {
  const auto left = std::min<milliseconds>(asked_pause.value_or(milliseconds(0)), kLongestPause);
  pause(left);
  const auto now = clock_.ticks();
  if (!bucket_.throttle(asked, now, left)) return std::nullopt;
  return bucket_.at(now);
}

std::shared_ptr<Pace> SharedPace::total(double per_second) {
  if (total_ != nullptr && per_second_ == per_second) return total_;
  per_second_ = per_second;
  total_ = std::make_shared<Pace>(clock_, per_second, nullptr, RetryPolicy{}.budget);
  tokens_.clear();  // they follow the previous one
  return total_;
}

std::shared_ptr<Pace> SharedPace::tokens(const std::string& endpoint) {
  auto& pace = tokens_[endpoint];
  if (pace == nullptr) {
    pace = std::make_shared<Pace>(
        clock_, kTokensPerSecond, total_, RetryPolicy{}.budget, "all who want a token of it");
  }
  return pace;
}

}  // namespace authzd
