// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether a webhook comes from one who knows the secret, and for the first time. Nothing of its
// body is used: it only starts a cycle, which asks the Git server itself. Pure but for what it
// remembers; the listener that takes the request is elsewhere.
//
//   sender    header                                  what proves it
//   GitHub    X-Hub-Signature-256: sha256=<hex>       HMAC-SHA256 over the body
//   GitLab    X-Gitlab-Token: <secret>                the secret itself, so over TLS only
//   others    X-Authzd-Signature: sha256=<hex>        HMAC-SHA256 over "<timestamp>.<body>", under
//             X-Authzd-Timestamp: <Unix seconds>      a key of its own; at most 5 minutes off
//
// The key of the others is the HMAC-SHA256 of "authzd-hook-v1" under the secret, in hex: no proof
// of one kind is one of another kind.
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
  /// Lets the request in, or says why not. Comparing takes the same time whatever differs.
  /// Errors: rejected (the body is too large; no signature, or more than one); unauthenticated (it
  /// does not fit, or its time is too far off); conflict (seen before); invalid_config (the secret
  /// is too short to be one).
  Result<void> admit(const HttpRequest& request, const Secret& secret, Timestamp now);

 private:
  Result<void> remember(std::string id);

  std::set<std::string> seen_;     // what proved the last deliveries
  std::deque<std::string> order_;  // the same, the oldest first
};

}  // namespace authzd
