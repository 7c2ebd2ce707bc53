// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One notice as an HTTP request: its target, format and signature.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/net/http.hpp"
#include "daemon/notify/notice.hpp"
#include "reconciler/base/secret.hpp"

#include <string>

namespace authzd {

/// The address of a webhook. The path and query of its URL are a secret: whoever knows them may
/// post.
struct WebhookUrl {
  Origin origin;
  Secret target;
};

/// Errors: invalid_config; the message contains nothing of the text.
Result<WebhookUrl> parse_webhook_url(std::string_view text);

/// With a `secret`, X-Authzd-Timestamp (seconds) and X-Authzd-Signature: "sha256=" and the
/// HMAC-SHA256 of "<timestamp>.<body>" under the notice key: the HMAC-SHA256 of "authzd-notice-v1"
/// under the secret, in hex. A notice proves nothing at a webhook with the same secret.
HttpRequest notify_request(const WebhookUrl& url,
                           NotifyFormat format,
                           const Notice& notice,
                           const std::string& id,
                           const Secret& secret,
                           Timestamp now);

}  // namespace authzd
