// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A notice as an HTTP request to its target, with the target's format and signature.
#pragma once

#include "daemon/config/notify_config.hpp"
#include "daemon/net/http.hpp"
#include "daemon/notify/notice.hpp"
#include "daemon/notify/outbox.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// The address of a webhook. The path and query of its URL are a secret: anyone who knows them may
/// post.
struct WebhookUrl {
  Origin origin;
  Secret target;
};

/// Errors: invalid_config; the message contains nothing of the text.
Result<WebhookUrl> parse_webhook_url(std::string_view text);

/// What the files of a target hold.
struct NotifyKeys {
  Secret signature = {};  // empty: nothing is signed
  Secret routing = {};    // for PagerDuty
  std::string body = {};  // of a json_template, with its placeholders
};

/// Whether a target gets such a notice at all.
bool takes(NotifyFormat format, NoticeKind kind);

/// Whether notices of several accounts reach it as one message: if people read them. Programs get
/// one event for each account.
bool is_grouped(NotifyFormat format);

/// One notice as an HTTP request. With a signature key, X-Authzd-Timestamp (seconds) and
/// X-Authzd-Signature: "sha256=" and the HMAC-SHA256 of "<timestamp>.<body>" under the notice key:
/// the HMAC-SHA256 of "authzd-notice-v1" under the secret, in hex. A notice proves nothing at a
/// webhook with the same secret. Errors: filled_template's.
Result<HttpRequest> notify_request(const WebhookUrl& url,
                                   NotifyFormat format,
                                   const Notice& notice,
                                   const std::string& id,
                                   const NotifyKeys& keys,
                                   Timestamp now);

/// The same with what the target's files hold now. Errors: also those of the files.
Result<Outgoing> prepare_notice(const NotifyTarget& target,
                                const Notice& notice,
                                const std::string& id,
                                Timestamp now);

}  // namespace authzd
