// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notify_request.hpp"

#include "reconciler/base/digest.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

Error no_url() {
  return Error{ErrorCode::invalid_config,
               "the URL is none: it is https://host[:port]/path, or http:// to loopback"};
}

/// Not the secret itself: a webhook may have the same one, and GitHub signs bodies with it.
Secret notice_key(const Secret& secret) {
  return Secret(hmac_sha256_hex(secret.reveal(), "authzd-notice-v1"));
}

}  // namespace

Result<WebhookUrl> parse_webhook_url(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return no_url();
  const auto end = std::min(text.find_first_of("/?#", scheme + 3), text.size());
  const auto base = parse_base_url(text.substr(0, end));
  std::string target(text.substr(end));
  const bool is_odd = std::any_of(target.begin(), target.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) > '~' || c == '#';
  });
  if (!base || is_odd) return no_url();
  if (!target.starts_with('/')) target.insert(0, "/");
  return WebhookUrl{base->origin, Secret(std::move(target))};
}

HttpRequest notify_request(const WebhookUrl& url,
                           NotifyFormat format,
                           const Notice& notice,
                           const std::string& id,
                           const Secret& secret,
                           Timestamp now) {
  const bool is_event = format == NotifyFormat::cloudevents;
  HttpRequest request{"POST", std::string(url.target.reveal())};
  request.body = is_event ? cloud_event(notice, id) : slack_message(notice);
  const std::string type = is_event ? "application/cloudevents+json" : "application/json";
  request.headers = {{"Content-Type", type + "; charset=utf-8"}};
  if (secret.empty()) return request;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  const std::string timestamp = std::to_string(seconds.count());
  const Secret key = notice_key(secret);
  const std::string mac = hmac_sha256_hex(key.reveal(), timestamp + "." + request.body);
  request.headers.push_back({"X-Authzd-Timestamp", timestamp});
  request.headers.push_back({"X-Authzd-Signature", "sha256=" + mac});
  return request;
}

}  // namespace authzd
