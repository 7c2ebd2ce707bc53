// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/webhook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <chrono>

namespace authzd {
namespace {

using testing::HasSubstr;

// The vector of GitHub's documentation ("Validating webhook deliveries").
constexpr std::string_view kGithubSecret = "It's a Secret to Everybody";
constexpr std::string_view kGithubBody = "Hello, World!";
constexpr std::string_view kGithubSignature =
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

// printf %s authzd-hook-v1 | openssl dgst -sha256 -hmac "It's a Secret to Everybody"
constexpr std::string_view kHookKey =
    "5b4037263d615bdae921f6eed9d8c1fb19bab15ddb79546bbd5e573e2ff57000";

constexpr Timestamp kNow{std::chrono::seconds(1'700'000'000)};

HttpRequest post(HttpHeaders headers, std::string_view body) {
  return {"POST", "/hook", std::move(headers), std::string(body)};
}

std::string signed_by(std::string_view secret, std::string_view text) {
  std::array<unsigned char, 32> mac{};
  HMAC(EVP_sha256(),
       secret.data(),
       static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()),
       text.size(),
       mac.data(),
       nullptr);
  std::string hex = "sha256=";
  for (const unsigned char byte : mac) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 0xFU];
  }
  return hex;
}

class WebhookTest : public testing::Test {
 protected:
  /// "" if it is accepted.
  std::string verdict(const HttpRequest& request, std::string_view secret = kGithubSecret) {
    const auto admitted = guard_.admit(request, Secret(std::string(secret)), kNow);
    return admitted ? "" : std::string(to_string(admitted.error().code));
  }

  HttpRequest generic(std::chrono::seconds offset, std::string_view body = "{}") {
    const std::string time =
        std::to_string((kNow.time_since_epoch() / std::chrono::seconds(1)) + offset.count());
    return post({{"X-Authzd-Timestamp", time},
                 {"X-Authzd-Signature", signed_by(kHookKey, time + "." + std::string(body))}},
                body);
  }

  WebhookGuard guard_;
};

TEST_F(WebhookTest, LetsInGithubsOwnExample) {
  EXPECT_EQ(verdict(post({{"X-Hub-Signature-256", std::string(kGithubSignature)}}, kGithubBody)),
            "");
}

TEST_F(WebhookTest, RefusesGithubsSignatureOverAnotherBody) {
  const auto request =
      post({{"x-hub-signature-256", std::string(kGithubSignature)}}, "Hello, World?");
  EXPECT_EQ(verdict(request), "Unauthenticated");
}

TEST_F(WebhookTest, RefusesAnotherSecret) {
  const auto request = post({{"X-Hub-Signature-256", std::string(kGithubSignature)}}, kGithubBody);
  EXPECT_EQ(verdict(request, "It's a Secret to Nobody!!!"), "Unauthenticated");
}

TEST_F(WebhookTest, RefusesWhatIsNoSignature) {
  const std::string hex(kGithubSignature.substr(7));
  for (const std::string& odd : {hex,
                                 "sha1=" + hex.substr(0, 40),
                                 "sha256=" + hex.substr(1),
                                 "sha256=" + hex + "00",
                                 "sha256=g" + hex.substr(1),
                                 std::string("sha256=")}) {
    EXPECT_EQ(verdict(post({{"X-Hub-Signature-256", odd}}, kGithubBody)), "Unauthenticated") << odd;
  }
}

TEST_F(WebhookTest, RefusesADeliveryThatWasSeen) {
  const auto request = post({{"X-Hub-Signature-256", std::string(kGithubSignature)}}, kGithubBody);
  EXPECT_EQ(verdict(request), "");
  EXPECT_EQ(verdict(request), "Conflict");
}

TEST_F(WebhookTest, LetsInGitlabsToken) {
  const HttpHeaders headers{{"X-Gitlab-Token", std::string(kGithubSecret)},
                            {"X-Gitlab-Event-UUID", "1"}};
  EXPECT_EQ(verdict(post(headers, "{}")), "");
  EXPECT_EQ(verdict(post(headers, "{}")), "Conflict");
  EXPECT_EQ(verdict(post({headers[0], {"X-Gitlab-Event-UUID", "2"}}, "{}")), "");
}

TEST_F(WebhookTest, RefusesAnotherTokenOfGitlab) {
  EXPECT_EQ(verdict(post({{"X-Gitlab-Token", "It's a Secret to Everybod"}}, "{}")),
            "Unauthenticated");
}

TEST_F(WebhookTest, LetsInASignatureOverTimeAndBody) {
  EXPECT_EQ(verdict(generic(std::chrono::seconds(0))), "");
  EXPECT_EQ(verdict(generic(std::chrono::seconds(300))), "");
  EXPECT_EQ(verdict(generic(std::chrono::seconds(-300))), "");
}

TEST_F(WebhookTest, RefusesAGenericProofAsOneOfGithubs) {
  const HttpRequest old = generic(std::chrono::seconds(-3600));
  const std::string signed_text = old.headers[0].value + "." + old.body;

  const auto again = post({{"X-Hub-Signature-256", old.headers[1].value}}, signed_text);

  EXPECT_EQ(verdict(again), "Unauthenticated");
}

TEST_F(WebhookTest, RefusesAGenericProofUnderTheSecretItself) {
  HttpRequest request = generic(std::chrono::seconds(0));
  request.headers[1].value = signed_by(kGithubSecret, request.headers[0].value + ".{}");

  EXPECT_EQ(verdict(request), "Unauthenticated");
}

TEST_F(WebhookTest, RefusesATimeThatIsTooFarOff) {
  EXPECT_EQ(verdict(generic(std::chrono::seconds(301))), "Unauthenticated");
  EXPECT_EQ(verdict(generic(std::chrono::seconds(-301))), "Unauthenticated");
}

TEST_F(WebhookTest, RefusesASignatureUnderAnotherTime) {
  HttpRequest request = generic(std::chrono::seconds(0));
  request.headers[0].value = "1700000001";
  EXPECT_EQ(verdict(request), "Unauthenticated");
}

TEST_F(WebhookTest, RefusesATimeThatIsNoNumberThoughItIsSigned) {
  for (const std::string time : {"", "-5", "17e8", "1700000000 ", "99999999999999999999"}) {
    const auto request = post(
        {{"X-Authzd-Timestamp", time}, {"X-Authzd-Signature", signed_by(kHookKey, time + ".{}")}},
        "{}");
    EXPECT_EQ(verdict(request), "Unauthenticated") << time;
  }
}

TEST_F(WebhookTest, RefusesNoProofAndTwoKindsOfProof) {
  EXPECT_EQ(verdict(post({}, "{}")), "Rejected");
  const HttpHeaders two{{"X-Hub-Signature-256", std::string(kGithubSignature)},
                        {"X-Gitlab-Token", std::string(kGithubSecret)}};
  EXPECT_EQ(verdict(post(two, kGithubBody)), "Rejected");
}

TEST_F(WebhookTest, RefusesALargeBodyAndAShortSecret) {
  const std::string large(kMostWebhookBytes + 1, 'x');
  EXPECT_EQ(verdict(post({{"X-Gitlab-Token", std::string(kGithubSecret)}}, large)), "Rejected");
  EXPECT_EQ(verdict(post({{"X-Gitlab-Token", ""}}, "{}"), ""), "InvalidConfiguration");
}

TEST_F(WebhookTest, RemembersABoundedNumberOfDeliveries) {
  const auto numbered = [](int n) {
    return post({{"X-Gitlab-Token", std::string(kGithubSecret)}}, std::to_string(n));
  };
  for (int n = 0; n <= 4096; ++n) EXPECT_EQ(verdict(numbered(n)), "");

  EXPECT_EQ(verdict(numbered(4096)), "Conflict");
  EXPECT_EQ(verdict(numbered(0)), "");  // the oldest is forgotten
}

TEST_F(WebhookTest, NeverShowsWhatItWasGiven) {
  const auto refused = guard_.admit(post({{"X-Gitlab-Token", "guess-of-the-secret"}}, "{}"),
                                    Secret(std::string(kGithubSecret)),
                                    kNow);
  EXPECT_THAT(refused.error().message, Not(HasSubstr("guess")));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("Everybody")));
}

}  // namespace
}  // namespace authzd
