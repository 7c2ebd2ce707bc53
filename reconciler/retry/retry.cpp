// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/retry/retry.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace authzd {
namespace {

using std::chrono::milliseconds;

// A longer Retry-After is as good as unlimited. The value is far from the limits of the type, so
// that adding it to a time does not overflow.
constexpr milliseconds kForever = std::chrono::hours{24 * 365 * 100};

bool is_worth_repeating(const Error& error) {
  const int status = error.detail.http_status;
  if (status >= 500) return status != 501;
  return status == 429 || is_transient(error.code);
}

bool surely_did_nothing(const Error& error) {
  const bool was_throttled =
      error.detail.http_status == 429 || error.code == ErrorCode::rate_limited;
  return was_throttled || !error.detail.may_have_happened;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Any number of digits: too large a number gives kForever, not an overflow.
std::optional<milliseconds> parse_seconds(std::string_view digits) {
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  constexpr std::int64_t kMost = std::chrono::duration_cast<std::chrono::seconds>(kForever).count();
  std::int64_t seconds = 0;
  for (const char digit : digits) {
    seconds = std::min(kMost, seconds * 10 + (digit - '0'));
  }
  return std::chrono::seconds{seconds};
}

}  // namespace

std::optional<milliseconds> next_retry(const RetryPolicy& policy,
                                       const Error& error,
                                       Idempotency idempotency,
                                       const Attempt& attempt) {
  if (attempt.number >= policy.max_attempts || !is_worth_repeating(error)) return std::nullopt;
  if (idempotency == Idempotency::write && !surely_did_nothing(error)) return std::nullopt;

  const auto asked = error.detail.retry_after.value_or(milliseconds{0});
  const auto wait = std::max(asked, backoff(policy, attempt.number, attempt.random01));
  const auto left = policy.budget - std::max(attempt.elapsed, milliseconds{0});
  if (wait > left) return std::nullopt;
  return wait;
}

milliseconds backoff(const RetryPolicy& policy, int attempt, double random01) {
  auto ceiling = std::min(std::max(policy.base, milliseconds{0}), policy.cap);
  for (int n = 1; n < attempt && ceiling > milliseconds{0} && ceiling < policy.cap; ++n) {
    // Compared before doubling: a large cap must not overflow.
    ceiling = ceiling > policy.cap / 2 ? policy.cap : ceiling * 2;
  }
  if (ceiling <= milliseconds{0} || !(random01 > 0)) return milliseconds{0};  // NaN included
  const double share = std::min(random01, std::nextafter(1.0, 0.0));
  const auto drawn = static_cast<std::int64_t>(share * static_cast<double>(ceiling.count()));
  return milliseconds{std::min(drawn, ceiling.count() - 1)};
}

std::optional<milliseconds> parse_retry_after(std::string_view value, Timestamp now) {
  const auto text = trim(value);
  if (const auto seconds = parse_seconds(text)) return seconds;
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp<milliseconds>(*date - now, milliseconds{0}, kForever);
}

}  // namespace authzd
