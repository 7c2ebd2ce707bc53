// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/error.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/source_pos.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

TEST(Error, SaysItsContextThenWhatTheServiceSaid) {
  Error error{ErrorCode::forbidden, "IAM refused"};
  error.detail = {
      .http_status = 403, .service_code = "insufficent_permissions", .transaction_id = "abc"};

  const std::string text = to_string(std::move(error).context("listing policies"));

  EXPECT_EQ(text,
            "listing policies: IAM refused (HTTP 403, insufficent_permissions, transaction abc)");
}

TEST(Error, WithoutAReplyIsItsMessageAlone) {
  EXPECT_EQ(to_string(Error{ErrorCode::timeout, "no answer within 5s"}), "no answer within 5s");
}

TEST(Error, OnlyRateLimitsOutagesAndTimeoutsMayPassByThemselves) {
  EXPECT_TRUE(is_transient(ErrorCode::rate_limited));
  EXPECT_TRUE(is_transient(ErrorCode::unavailable));
  EXPECT_TRUE(is_transient(ErrorCode::timeout));
  EXPECT_FALSE(is_transient(ErrorCode::forbidden));
  EXPECT_FALSE(is_transient(ErrorCode::conflict));
  EXPECT_FALSE(is_transient(ErrorCode::cancelled));
}

TEST(Result, CarriesAValueOrAnError) {
  const Result<int> good = 7;
  const Result<int> bad = Error{ErrorCode::not_found, "none"};

  EXPECT_EQ(good.value(), 7);
  EXPECT_EQ(bad.error().code, ErrorCode::not_found);
}

TEST(SourcePos, ShowsWhatIsKnown) {
  EXPECT_EQ(to_string(SourcePos{"a.yaml", 3, 7}), "a.yaml:3:7");
  EXPECT_EQ(to_string(SourcePos{"a.yaml", 3, 0}), "a.yaml:3");
  EXPECT_EQ(to_string(SourcePos{"a.yaml", 0, 0}), "a.yaml");
}

TEST(Digest, IsSha256) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace authzd
