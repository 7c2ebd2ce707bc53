// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/token.hpp"
#include "tests/unit/iam/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(TokenCodec, ReadsWhoseTokenItIsAndHowLongItLives) {
  const auto claims = decode_claims(make_jwt(
      R"({"iam_id":"iam-ServiceId-1","id":"x","account":{"bss":"ABC","valid":true},"iat":100,"exp":3700})"));

  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->iam_id, IamId("iam-ServiceId-1"));
  EXPECT_EQ(claims->account, AccountId("abc"));
  EXPECT_EQ(claims->life, std::chrono::seconds(3600));
}

TEST(TokenCodec, FallsBackToTheOtherNameOfTheId) {
  const auto claims = decode_claims(make_jwt(R"({"id":"IBMid-7"})"));

  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->iam_id, IamId("IBMid-7"));
  EXPECT_EQ(claims->life, std::nullopt);
}

TEST(TokenCodec, NeverShowsATokenThatItCannotDecode) {
  const std::string bodies[] = {"secretsecret",
                                "a.secret%.c",
                                "a." + base64url("[1]") + ".c",
                                make_jwt(R"({"account":{"bss":"secret"}})")};
  for (const std::string& jwt : bodies) {
    const auto claims = decode_claims(jwt);
    ASSERT_FALSE(claims) << jwt;
    EXPECT_EQ(claims.error().code, ErrorCode::bad_response);
    EXPECT_THAT(claims.error().message, Not(HasSubstr("secret")));
  }
}

TEST(TokenCodec, ReadsTheReplyToAnApiKey) {
  const auto token = decode_token_reply(
      R"({"access_token":")" + make_jwt(R"({"iam_id":"me","iat":0,"exp":1200})") +
      R"(","refresh_token":"not_supported","token_type":"Bearer","expires_in":3600,"expiration":9})");

  ASSERT_TRUE(token);
  EXPECT_EQ(token->claims.iam_id, IamId("me"));
  EXPECT_EQ(token->life, std::chrono::seconds(1200));
}

TEST(TokenCodec, RefusesAReplyWithoutAUsableToken) {
  const std::string endless = R"({"access_token":")" + make_jwt(R"({"iam_id":"me"})") + R"("})";
  for (const std::string& body : {std::string("{}"), std::string("<html>"), endless}) {
    const auto token = decode_token_reply(body);
    ASSERT_FALSE(token) << body;
    EXPECT_EQ(token.error().code, ErrorCode::bad_response);
  }
}

}  // namespace
}  // namespace authzd
