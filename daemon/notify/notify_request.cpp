// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notify_request.hpp"

#include "daemon/net/small_file.hpp"
#include "daemon/notify/notice_formats.hpp"
#include "reconciler/base/digest.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kMostTemplate = 1U << 20U;

Error no_url() {
  return Error{ErrorCode::invalid_config,
               "the URL is none: it is https://host[:port]/path, or http:// to loopback"};
}

/// Not the secret itself: a webhook may have the same one, and GitHub signs bodies with it.
Secret notice_key(const Secret& secret) {
  return Secret(hmac_sha256_hex(secret.reveal(), "authzd-notice-v1"));
}

Result<std::string> body_of(NotifyFormat format,
                            const Notice& notice,
                            const std::string& id,
                            const NotifyKeys& keys) {
  switch (format) {
    case NotifyFormat::cloudevents: return cloud_event(notice, id);
    case NotifyFormat::slack: return slack_message(notice);
    case NotifyFormat::teams: return teams_message(notice);
    case NotifyFormat::pagerduty: return pagerduty_event(notice, keys.routing);
    case NotifyFormat::json_template: return filled_template(keys.body, notice);
  }
  return std::string();
}

Result<NotifyKeys> read_keys(const NotifyTarget& target) {
  NotifyKeys keys;
  if (!target.secret_file.empty()) {
    auto read = read_secret_file(target.secret_file, "the secret of notify.secretFile");
    if (!read) return std::move(read).error();
    keys.signature = std::move(*read);
  }
  if (!target.routing_key_file.empty()) {
    auto read = read_token_file(target.routing_key_file, "the key of notify.routingKeyFile");
    if (!read) return std::move(read).error();
    keys.routing = std::move(*read);
  }
  if (!target.template_file.empty()) {
    auto read =
        read_small_file(target.template_file, "the text of notify.templateFile", kMostTemplate);
    if (!read) return std::move(read).error();
    keys.body = std::move(*read);
  }
  return keys;
}

Result<WebhookUrl> read_url(const NotifyTarget& target) {
  if (target.url_file.empty()) return parse_webhook_url(kPagerDutyUrl);
  const auto text = read_secret_file(target.url_file, "the URL of notify.urlFile");
  if (!text) return text.error();
  auto url = parse_webhook_url(text->reveal());
  if (!url) return std::move(url).error().context(target.url_file);
  return url;
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

bool takes(NotifyFormat format, NoticeKind kind) {
  return format != NotifyFormat::pagerduty || is_incident(kind);
}

bool is_grouped(NotifyFormat format) {
  switch (format) {
    case NotifyFormat::slack:
    case NotifyFormat::teams:
    case NotifyFormat::json_template: return true;
    case NotifyFormat::cloudevents:
    case NotifyFormat::pagerduty: return false;
  }
  return false;
}

Result<HttpRequest> notify_request(const WebhookUrl& url,
                                   NotifyFormat format,
                                   const Notice& notice,
                                   const std::string& id,
                                   const NotifyKeys& keys,
                                   Timestamp now) {
  auto body = body_of(format, notice, id, keys);
  if (!body) return std::move(body).error();
  HttpRequest request{"POST", std::string(url.target.reveal())};
  request.body = std::move(*body);
  const bool is_event = format == NotifyFormat::cloudevents;
  const std::string type = is_event ? "application/cloudevents+json" : "application/json";
  request.headers = {{"Content-Type", type + "; charset=utf-8"}};
  if (keys.signature.empty()) return request;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  const std::string timestamp = std::to_string(seconds.count());
  const Secret key = notice_key(keys.signature);
  const std::string mac = hmac_sha256_hex(key.reveal(), timestamp + "." + request.body);
  request.headers.push_back({"X-Authzd-Timestamp", timestamp});
  request.headers.push_back({"X-Authzd-Signature", "sha256=" + mac});
  return request;
}

Result<Outgoing> prepare_notice(const NotifyTarget& target,
                                const Notice& notice,
                                const std::string& id,
                                Timestamp now) {
  const auto url = read_url(target);
  if (!url) return url.error();
  const auto keys = read_keys(target);
  if (!keys) return keys.error();
  auto request = notify_request(*url, target.format, notice, id, *keys, now);
  if (!request && !target.template_file.empty()) {
    return std::move(request).error().context(target.template_file);
  }
  if (!request) return std::move(request).error();
  return Outgoing{url->origin, target.ca_file, "notify.caFile", std::move(*request)};
}

}  // namespace authzd
