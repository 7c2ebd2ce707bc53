// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/webhook.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace authzd {
namespace {

constexpr std::string_view kGithub = "X-Hub-Signature-256";
constexpr std::string_view kGitlab = "X-Gitlab-Token";
constexpr std::string_view kGitlabDelivery = "X-Gitlab-Event-UUID";
constexpr std::string_view kGeneric = "X-Authzd-Signature";
constexpr std::string_view kTimestamp = "X-Authzd-Timestamp";
constexpr std::string_view kGenericDomain = "authzd-hook-v1";
constexpr std::chrono::minutes kFarthest{5};
constexpr std::size_t kShortestSecret = 16;
constexpr std::size_t kSchemeSize = std::string_view("sha256=").size();
constexpr std::size_t kMostSeen = 4096;

/// The key of the generic signature: not the secret itself, with which GitHub signs bodies. With
/// one key for both, a generic signature would also be GitHub's signature of the body
/// "<timestamp>.<body>", permanently.
Secret generic_key(const Secret& secret) {
  return Secret(hmac_sha256_hex(secret.reveal(), kGenericDomain));
}

Error unproven(std::string_view why) {
  return {ErrorCode::unauthenticated, "the webhook is refused: " + std::string(why)};
}

Result<void> check_signature(std::string_view header, const Secret& key, std::string_view text) {
  const std::string given = to_lower(header);
  const std::string expected = "sha256=" + hmac_sha256_hex(key.reveal(), text);
  const bool is_signature =
      given.size() == expected.size() && given.starts_with("sha256=") &&
      given.find_first_not_of("0123456789abcdef", kSchemeSize) == std::string::npos;
  if (!is_signature) return unproven("its signature is not sha256= and 64 hex digits");
  if (CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0) {
    return unproven("its signature does not fit; do both sides have the same secret?");
  }
  return {};
}

/// Compares digests, which have equal lengths: this hides the length of the secret, too.
Result<void> check_token(std::string_view header, const Secret& secret) {
  const std::string given = sha256_hex(header);
  const std::string expected = sha256_hex(secret.reveal());
  if (CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0) {
    return unproven("its token does not fit; do both sides have the same secret?");
  }
  return {};
}

Result<void> check_time(std::string_view header, Timestamp now) {
  std::int64_t seconds = 0;
  const char* end = header.data() + header.size();
  const auto [stop, failed] = std::from_chars(header.data(), end, seconds);
  constexpr std::int64_t kYear9999 = 253'402'300'799;
  if (failed != std::errc{} || stop != end || seconds < 0 || seconds > kYear9999) {
    return unproven("X-Authzd-Timestamp is not a number of Unix seconds");
  }
  const Timestamp at{std::chrono::seconds(seconds)};
  if (at - now > kFarthest || now - at > kFarthest) {
    return unproven("its time is more than 5 minutes from ours; are both clocks right?");
  }
  return {};
}

}  // namespace

Result<void> WebhookGuard::admit(const HttpRequest& request, const Secret& secret, Timestamp now) {
  if (secret.reveal().size() < kShortestSecret) {
    return Error{ErrorCode::invalid_config,
                 "the secret of the webhook is shorter than 16 characters; make one with "
                 "openssl rand -hex 32"};
  }
  if (request.body.size() > kMostWebhookBytes) {
    return Error{ErrorCode::rejected, "the webhook is refused: its body is larger than 1 MiB"};
  }
  const std::string_view github = find_header(request.headers, kGithub);
  const std::string_view gitlab = find_header(request.headers, kGitlab);
  const std::string_view generic = find_header(request.headers, kGeneric);
  const std::array given{github, gitlab, generic};
  if (std::count_if(given.begin(), given.end(), [](auto text) { return !text.empty(); }) != 1) {
    return Error{ErrorCode::rejected,
                 "the webhook is refused: it needs one of X-Hub-Signature-256, X-Gitlab-Token and "
                 "X-Authzd-Signature"};
  }

  if (!github.empty()) {
    if (auto fits = check_signature(github, secret, request.body); !fits) return fits;
    return remember("github " + to_lower(github));
  }
  if (!gitlab.empty()) {
    if (auto fits = check_token(gitlab, secret); !fits) return fits;
    return remember("gitlab " + std::string(find_header(request.headers, kGitlabDelivery)) + " " +
                    sha256_hex(request.body));
  }
  const std::string_view time = find_header(request.headers, kTimestamp);
  const std::string signed_text = std::string(time) + "." + request.body;
  if (auto fits = check_signature(generic, generic_key(secret), signed_text); !fits) return fits;
  if (auto near = check_time(time, now); !near) return near;
  return remember("authzd " + to_lower(generic));
}

/// Bounded: a delivery before the last 4,096 could be replayed, and would only start a cycle.
Result<void> WebhookGuard::remember(std::string id) {
  id = sha256_hex(id);
  if (!seen_.insert(id).second) {
    return Error{ErrorCode::conflict, "the webhook is refused: this delivery was seen before"};
  }
  order_.push_back(std::move(id));
  if (order_.size() > kMostSeen) {
    seen_.erase(order_.front());
    order_.pop_front();
  }
  return {};
}

}  // namespace authzd
