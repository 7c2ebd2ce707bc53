// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/token_cache.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

constexpr std::chrono::seconds kEndMargin(10);
constexpr std::chrono::seconds kAfterFailure(60);
// IAM's tokens are valid for an hour at most. Whatever a token says, it is renewed after a day, and
// no clock arithmetic is done with external numbers.
constexpr std::chrono::seconds kLongestLife = std::chrono::hours(24);

}  // namespace

void TokenCache::store(Token token, Time asked_at) {
  bearer_ = Bearer{std::move(token.text), std::move(token.claims), ++serial_};
  const auto life = std::min(token.life, kLongestLife);
  refresh_at_ = asked_at + life * 4 / 5;
  ends_at_ = asked_at + life - kEndMargin;
}

bool TokenCache::expired(Time now) const {
  return !bearer_ || now >= ends_at_;
}

bool TokenCache::expiring_soon(Time now) const {
  return !expired(now) && now >= refresh_at_;
}

void TokenCache::refresh_failed(Time now) {
  refresh_at_ = now + kAfterFailure;
}

void TokenCache::drop(unsigned serial) {
  if (bearer_ && bearer_->serial == serial) bearer_.reset();
}

}  // namespace authzd
