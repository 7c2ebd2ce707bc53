// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/retry/retry.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

Error failed(ErrorCode code, int status, bool may_have_happened = false) {
  Error error{code, "it failed"};
  error.detail.http_status = status;
  error.detail.may_have_happened = may_have_happened;
  return error;
}

struct Decision {
  std::string name;
  Error error;
  Idempotency idempotency;
  bool is_repeated;
};

void PrintTo(const Decision& row, std::ostream* out) {
  *out << row.name;
}

class Retry : public testing::TestWithParam<Decision> {};

TEST_P(Retry, RepeatsOnlyWhatMayHelpAndCannotHarm) {
  const auto wait =
      next_retry(RetryPolicy{}, GetParam().error, GetParam().idempotency, Attempt{1, 0ms, 0.5});

  EXPECT_EQ(wait.has_value(), GetParam().is_repeated);
}

constexpr auto kRead = Idempotency::safe;
constexpr auto kWrite = Idempotency::write;

INSTANTIATE_TEST_SUITE_P(
    Table,
    Retry,
    testing::ValuesIn(std::vector<Decision>{
        {"ReadThrottled", failed(ErrorCode::rate_limited, 429), kRead, true},
        {"ReadServerError", failed(ErrorCode::unavailable, 500), kRead, true},
        {"ReadBadGatewayWithHtml", failed(ErrorCode::bad_response, 502), kRead, true},
        {"ReadNotImplemented", failed(ErrorCode::unavailable, 501), kRead, false},
        {"ReadReset", failed(ErrorCode::unavailable, 0, true), kRead, true},
        {"ReadTimeout", failed(ErrorCode::timeout, 0, true), kRead, true},
        {"ReadNotFound", failed(ErrorCode::not_found, 404), kRead, false},
        {"ReadForbidden", failed(ErrorCode::forbidden, 403), kRead, false},
        {"ReadUnauthenticated", failed(ErrorCode::unauthenticated, 401), kRead, false},
        {"ReadUndecodable", failed(ErrorCode::bad_response, 200), kRead, false},
        {"ReadCancelled", failed(ErrorCode::cancelled, 0), kRead, false},
        {"WriteThrottled", failed(ErrorCode::rate_limited, 429), kWrite, true},
        {"WriteThrottledAfterItWasSent", failed(ErrorCode::rate_limited, 429, true), kWrite, true},
        {"WriteNeverSent", failed(ErrorCode::unavailable, 0), kWrite, true},
        {"WriteTimedOutConnecting", failed(ErrorCode::timeout, 0), kWrite, true},
        {"WriteLostReply", failed(ErrorCode::unavailable, 0, true), kWrite, false},
        {"WriteTimedOutWaiting", failed(ErrorCode::timeout, 0, true), kWrite, false},
        {"WriteServerError", failed(ErrorCode::unavailable, 503, true), kWrite, false},
        {"WriteConflict", failed(ErrorCode::conflict, 409), kWrite, false},
        {"WriteRejected", failed(ErrorCode::rejected, 400), kWrite, false},
        {"WriteOverQuota", failed(ErrorCode::quota_exceeded, 422), kWrite, false},
    }),
    [](const auto& row) { return row.param.name; });

TEST(RetryBudget, EndsWithTheLastAttempt) {
  const auto error = failed(ErrorCode::unavailable, 503);
  RetryPolicy policy;
  policy.max_attempts = 3;

  EXPECT_TRUE(next_retry(policy, error, kRead, Attempt{2, 0ms, 0}).has_value());
  EXPECT_FALSE(next_retry(policy, error, kRead, Attempt{3, 0ms, 0}).has_value());
}

TEST(RetryBudget, WaitsAsLongAsWasAskedAndNeverLess) {
  auto error = failed(ErrorCode::rate_limited, 429);
  error.detail.retry_after = 45s;  // above the cap of the backoff

  EXPECT_EQ(next_retry(RetryPolicy{}, error, kRead, Attempt{1, 0ms, 0.99}), 45s);
}

TEST(RetryBudget, BacksOffLongerThanAnImpatientRetryAfter) {
  auto error = failed(ErrorCode::rate_limited, 429);
  error.detail.retry_after = 0s;

  EXPECT_EQ(next_retry(RetryPolicy{}, error, kRead, Attempt{2, 0ms, 0.5}), 500ms);
}

TEST(RetryBudget, GivesUpWhereTheWaitDoesNotFit) {
  auto error = failed(ErrorCode::rate_limited, 429);
  error.detail.retry_after = 60s;

  EXPECT_EQ(next_retry(RetryPolicy{}, error, kRead, Attempt{1, 60s, 0}), 60s);
  EXPECT_FALSE(next_retry(RetryPolicy{}, error, kRead, Attempt{1, 60'001ms, 0}).has_value());
  error.detail.retry_after = milliseconds::max();
  EXPECT_FALSE(next_retry(RetryPolicy{}, error, kRead, Attempt{1, 0ms, 0}).has_value());
}

TEST(Backoff, DoublesUpToTheCap) {
  const RetryPolicy policy;
  const double most = std::nextafter(1.0, 0.0);

  EXPECT_EQ(backoff(policy, 1, most), 499ms);
  EXPECT_EQ(backoff(policy, 2, most), 999ms);
  EXPECT_EQ(backoff(policy, 6, most), 15'999ms);
  EXPECT_EQ(backoff(policy, 7, most), 29'999ms);
  EXPECT_EQ(backoff(policy, std::numeric_limits<int>::max(), most), 29'999ms);
}

TEST(Backoff, IsUniformFromNothing) {
  const RetryPolicy policy;

  EXPECT_EQ(backoff(policy, 3, 0.0), 0ms);
  EXPECT_EQ(backoff(policy, 3, 0.25), 500ms);
  EXPECT_EQ(backoff(policy, 3, 0.5), 1'000ms);
}

TEST(Backoff, SurvivesSenselessValues) {
  RetryPolicy policy;
  EXPECT_EQ(backoff(policy, 0, 0.5), 250ms);
  EXPECT_EQ(backoff(policy, -7, 0.5), 250ms);
  EXPECT_EQ(backoff(policy, 1, 1.0), 499ms);
  EXPECT_EQ(backoff(policy, 1, 1e300), 499ms);
  EXPECT_EQ(backoff(policy, 1, -1.0), 0ms);
  EXPECT_EQ(backoff(policy, 1, std::numeric_limits<double>::quiet_NaN()), 0ms);

  policy.cap = milliseconds::max();
  EXPECT_GE(backoff(policy, 10'000, 0.5), 0ms);
  EXPECT_LT(backoff(policy, 10'000, 1.0), milliseconds::max());
  policy.base = -1s;
  EXPECT_EQ(backoff(policy, 5, 0.5), 0ms);
  policy.base = 1s;
  policy.cap = 0s;
  EXPECT_EQ(backoff(policy, 5, 0.5), 0ms);
}

constexpr Timestamp kNow{1'800'000'000'500ms};  // Fri, 15 Jan 2027 08:00:00.500 GMT

TEST(RetryAfter, ReadsBothForms) {
  EXPECT_EQ(parse_retry_after("120", kNow), 120s);
  EXPECT_EQ(parse_retry_after(" 7 ", kNow), 7s);
  EXPECT_EQ(parse_retry_after("0", kNow), 0s);
  EXPECT_EQ(parse_retry_after("Fri, 15 Jan 2027 08:01:00 GMT", kNow), 59'500ms);
}

TEST(RetryAfter, IsNeverNegative) {
  EXPECT_EQ(parse_retry_after("Fri, 15 Jan 2027 08:00:00 GMT", kNow), 0s);
  EXPECT_EQ(parse_retry_after("Tue, 15 Nov 1994 08:12:31 GMT", kNow), 0s);
}

TEST(RetryAfter, TakesAMonstrousNumberForALongTimeAndNotForNone) {
  const auto wait = parse_retry_after("99999999999999999999999999999999999999", kNow);

  ASSERT_TRUE(wait.has_value());
  EXPECT_GT(*wait, 24h * 365);
  EXPECT_GT(kNow + *wait, kNow);
  EXPECT_GT(*parse_retry_after("9223372036854775807", kNow), 24h * 365);
  EXPECT_GT(*parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", kNow), 24h * 365);
}

TEST(RetryAfter, ReadsNothingIntoNonsense) {
  for (const std::string& text : {std::string{},
                                  std::string{"  "},
                                  std::string{"-1"},
                                  std::string{"+1"},
                                  std::string{"1.5"},
                                  std::string{"1e9"},
                                  std::string{"12 seconds"},
                                  std::string{"0x10"},
                                  std::string{"soon"},
                                  std::string("1\0002", 3),
                                  std::string{"Fri, 99 Jan 2027 08:01:00 GMT"},
                                  std::string{"Fri, 15 Jan 2027 08:01:00"},
                                  std::string(1'000'000, 'x')}) {
    EXPECT_FALSE(parse_retry_after(text, kNow).has_value()) << text.substr(0, 40);
  }
}

}  // namespace
}  // namespace authzd
