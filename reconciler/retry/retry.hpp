// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Decides whether and when to retry, from values alone.
#pragma once

#include "reconciler/base/error.hpp"
#include "reconciler/base/time.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace authzd {

struct RetryPolicy {
  int max_attempts = 5;                       // including the first one
  std::chrono::milliseconds base{500};        // backoff grows from here …
  std::chrono::milliseconds cap{30'000};      // … to here
  std::chrono::milliseconds budget{120'000};  // for a call and the token it needs, together
};

enum class Idempotency {
  safe,   // GET, a token request: repeat freely
  write,  // POST, PUT, DELETE, PATCH: repeat only if IAM certainly did nothing (429, or never sent)
};

struct Attempt {
  int number = 1;                        // from 1: the attempt that has just failed
  std::chrono::milliseconds elapsed{0};  // since the first attempt began
  double random01 = 0;
};

/// How long to wait before the next attempt; none: give up. Honours Retry-After and never shortens
/// it: if it exceeds the budget, the call ends.
std::optional<std::chrono::milliseconds> next_retry(const RetryPolicy& policy,
                                                    const Error& error,
                                                    Idempotency idempotency,
                                                    const Attempt& attempt);

/// Full jitter: uniform in [0, min(cap, base · 2^(attempt-1))).
std::chrono::milliseconds backoff(const RetryPolicy& policy, int attempt, double random01);

/// Both forms of the header: seconds, or an HTTP date relative to `now`. Never negative.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, Timestamp now);

}  // namespace authzd
