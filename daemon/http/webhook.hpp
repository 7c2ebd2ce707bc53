// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks that a webhook comes from a sender that knows the secret, and is not a replay. It does not
// use the body: a webhook only starts a cycle, which asks the Git server itself. Pure except for
// what it remembers; the listener that receives the request is elsewhere.
//
//   sender    header                                  what proves it
//   GitHub    X-Hub-Signature-256: sha256=<hex>       HMAC-SHA256 over the body
//   GitLab    X-Gitlab-Token: <secret>                the secret itself, so over TLS only
//   others    X-Authzd-Signature: sha256=<hex>        HMAC-SHA256 over "<timestamp>.<body>", under
//             X-Authzd-Timestamp: <Unix seconds>      a key of its own; at most 5 minutes off
//
// The key of the others is the HMAC-SHA256 of "authzd-hook-v1" under the secret, in hex: a proof
// for one kind is not valid for another.
#pragma once

#include "daemon/net/http.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"
#include "reconciler/base/time.hpp"

#include <cstddef>
#include <deque>
#include <set>
#include <string>

namespace authzd {

inline constexpr std::size_t kMostWebhookBytes = 1U << 20U;  // of a body

class WebhookGuard {
 public:
  /// Accepts the request, or returns why not. The comparison takes constant time. Errors: rejected
  /// (the body is too large; no signature, or more than one); unauthenticated (it does not match,
  /// or its time is too far off); conflict (seen before); invalid_config (the secret is too short).
  Result<void> admit(const HttpRequest& request, const Secret& secret, Timestamp now);

 private:
  Result<void> remember(std::string id);

  std::set<std::string> seen_;     // proofs of the last deliveries
  std::deque<std::string> order_;  // the same, the oldest first
};

}  // namespace authzd
