// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Webhooks: lines of headers, an empty line, and the body. The letter in front of the headers adds
// a true proof of one kind ('g' GitHub, 'l' GitLab, 'x' others). Nothing is let in without one.
#include "daemon/http/webhook.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"
#include "tests/fuzz/promises.hpp"

#include <algorithm>

namespace authzd::fuzz {
namespace {

const Secret kSecret{"correct horse battery staple"};
const Timestamp kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view kTime = "1800000000";

std::string github_proof(std::string_view body) {
  return "sha256=" + hmac_sha256_hex(kSecret.reveal(), body);
}

std::string generic_proof(std::string_view time, std::string_view body) {
  const std::string key = hmac_sha256_hex(kSecret.reveal(), "authzd-hook-v1");
  return "sha256=" + hmac_sha256_hex(key, std::string(time) + "." + std::string(body));
}

HttpRequest request_of(std::string_view input) {
  const char kind = take_byte(input);
  HttpRequest request{"POST", "/hook/github"};
  for (auto line = take_line(input); !line.empty(); line = take_line(input)) {
    const auto colon = std::min(line.find(": "), line.size());
    const auto value = line.substr(std::min(colon + 2, line.size()));
    request.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
  }
  request.body = input;
  if (kind == 'g') request.headers.push_back({"X-Hub-Signature-256", github_proof(input)});
  if (kind == 'l') request.headers.push_back({"X-Gitlab-Token", std::string(kSecret.reveal())});
  if (kind == 'x') {
    request.headers.push_back({"X-Authzd-Timestamp", std::string(kTime)});
    request.headers.push_back({"X-Authzd-Signature", generic_proof(kTime, input)});
  }
  return request;
}

/// Written from the table in webhook.hpp, not from its source.
bool is_proven(const HttpRequest& request) {
  const std::string github = to_lower(find_header(request.headers, "X-Hub-Signature-256"));
  const std::string gitlab(find_header(request.headers, "X-Gitlab-Token"));
  const std::string generic = to_lower(find_header(request.headers, "X-Authzd-Signature"));
  const auto time = find_header(request.headers, "X-Authzd-Timestamp");
  if (!github.empty() && gitlab.empty() && generic.empty()) {
    return github == github_proof(request.body);
  }
  if (github.empty() && !gitlab.empty() && generic.empty()) return gitlab == kSecret.reveal();
  // The harness knows one true time only, and another one that is near takes more than luck.
  return github.empty() && gitlab.empty() && time == kTime &&
         generic == generic_proof(time, request.body);
}

}  // namespace

void webhook(std::string_view input) {
  const HttpRequest request = request_of(input);
  WebhookGuard guard;
  const auto admitted = guard.admit(request, kSecret, kNow);
  promise(admitted.has_value() == is_proven(request),
          "who knows the secret is let in, and nobody else");
  const auto again = guard.admit(request, kSecret, kNow);
  promise(!again, "nothing is let in twice");
  if (admitted) {
    promise(again.error().code == ErrorCode::conflict, "a second time is a conflict");
  } else {
    promise_showable(admitted.error().message, "a refusal may be shown");
    promise(admitted.error().message.find("correct horse") == std::string::npos,
            "it has no secret");
  }
}

}  // namespace authzd::fuzz
