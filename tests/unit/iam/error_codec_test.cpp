// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/error_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kOther = "3b9a1c2d-1111-4222-8333-444455556666";

HttpResponse reply_of(int status, std::string body, HttpHeaders headers = {}) {
  return {status, std::move(headers), std::move(body)};
}

std::string conflict_with(std::string_view conflicts_with) {
  return R"({"trace":"t","errors":[{"code":"policy_conflict_error","message":"The policy wasn't )"
         R"(created because an access policy with identical attributes already exists.",)"
         R"("details":{"conflicts_with":)" +
         std::string(conflicts_with) + R"(}}],"status_code":409})";
}

TEST(IamError, SaysWhatIamSaid) {
  const auto error =
      error_from_reply(reply_of(404,
                                R"({"trace":"abc","errors":[{"code":"policy_not_found",)"
                                R"("message":"Policy with Id 1 not found."}],"status_code":404})"),
                       Purpose::read,
                       {});

  EXPECT_EQ(error.code, ErrorCode::not_found);
  EXPECT_THAT(error.message, HasSubstr("Policy with Id 1 not found."));
  EXPECT_EQ(error.detail.service_code, "policy_not_found");
  EXPECT_EQ(error.detail.transaction_id, "abc");
  EXPECT_EQ(error.detail.http_status, 404);
}

struct StatusCase {
  const char* name;
  int status;
  Purpose purpose;
  ErrorCode code;
  bool may_have_happened;
};

class IamStatus : public ::testing::TestWithParam<StatusCase> {};

TEST_P(IamStatus, BecomesItsCode) {
  const auto error = error_from_reply(reply_of(GetParam().status, ""), GetParam().purpose, {});

  EXPECT_EQ(to_string(error.code), to_string(GetParam().code));
  EXPECT_EQ(error.detail.may_have_happened, GetParam().may_have_happened);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    IamStatus,
    ::testing::Values(
        StatusCase{"Redirect", 302, Purpose::read, ErrorCode::bad_response, false},
        StatusCase{"PartOfAList", 206, Purpose::read, ErrorCode::bad_response, false},
        StatusCase{"OddSuccessOfAWrite", 202, Purpose::write, ErrorCode::bad_response, true},
        StatusCase{"BadRequest", 400, Purpose::write, ErrorCode::rejected, false},
        StatusCase{"BadToken", 401, Purpose::read, ErrorCode::unauthenticated, false},
        StatusCase{"Forbidden", 403, Purpose::write, ErrorCode::forbidden, false},
        StatusCase{"NotFoundWithoutBody", 404, Purpose::read, ErrorCode::bad_response, false},
        StatusCase{
            "DeleteNotFoundWithoutBody", 404, Purpose::write, ErrorCode::bad_response, false},
        StatusCase{"Conflict", 409, Purpose::write, ErrorCode::conflict, false},
        StatusCase{"EtagMoved", 412, Purpose::write, ErrorCode::conflict, false},
        StatusCase{"ContentType", 415, Purpose::write, ErrorCode::rejected, false},
        StatusCase{"Quota", 422, Purpose::write, ErrorCode::quota_exceeded, false},
        StatusCase{"TooMany", 429, Purpose::write, ErrorCode::rate_limited, false},
        StatusCase{"FailedRead", 500, Purpose::read, ErrorCode::unavailable, false},
        StatusCase{"FailedWrite", 503, Purpose::write, ErrorCode::unavailable, true},
        StatusCase{"NotImplemented", 501, Purpose::write, ErrorCode::rejected, false},
        StatusCase{"TokenRefused", 400, Purpose::token, ErrorCode::unauthenticated, false},
        StatusCase{"TokenFailed", 502, Purpose::token, ErrorCode::unavailable, false}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(IamError, ShowsNothingOfASuccessThatIsNotWhole) {
  const auto error =
      error_from_reply(reply_of(206, R"({"access_token":"ey-token)"), Purpose::token, {});

  EXPECT_THAT(error.message, Not(HasSubstr("ey-token")));
}

struct ConflictCase {
  const char* name;
  std::string conflicts_with;
};

class IamConflict : public ::testing::TestWithParam<ConflictCase> {};

TEST_P(IamConflict, NamesTheOtherPolicy) {
  const auto reply = reply_of(409, conflict_with(GetParam().conflicts_with));

  EXPECT_EQ(error_from_reply(reply, Purpose::write, {}).detail.conflicts_with, kOther);
}

const std::string kAsV2 = R"({"id":")" + std::string(kOther) + R"(","type":"authorization"})";

INSTANTIATE_TEST_SUITE_P(
    Shapes,
    IamConflict,
    ::testing::Values(
        ConflictCase{"Object", R"({"etag":"1-4f","policy":)" + kAsV2 + "}"},
        ConflictCase{"Id", R"({"etag":"1-4f","policy":")" + std::string(kOther) + R"("})"},
        ConflictCase{"ObjectAsText", R"({"policy":"{\"id\":\")" + std::string(kOther) + R"(\"}"})"},
        ConflictCase{"WithoutWrapper", kAsV2}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(IamError, FindsTheOtherPolicyInTheTextWhereNoMemberNamesIt) {
  const auto reply = reply_of(409,
                              R"({"errors":[{"code":"policy_conflict_error","message":"Please )"
                              R"(update the roles in the existing policy ()" +
                                  std::string(kOther) + R"(), or …"}]})");

  EXPECT_EQ(error_from_reply(reply, Purpose::write, {}).detail.conflicts_with, kOther);
}

TEST(IamError, DoesNotTakeTheAnswerOfAGatewayForAMissingPolicy) {
  for (const char* body : {"<html>An 404 error occurred in iam-gateway</html>",
                           "default backend - 404",
                           "{}",
                           R"({"errors":[]})",
                           R"({"errors":[{"message":"Not Found"}]})",
                           R"({"code":"not_found","message":"no Route matched with those values"})",
                           R"({"errors":[{"code":"route_not_found"}]})"}) {
    for (const Purpose purpose : {Purpose::read, Purpose::write}) {
      const auto error = error_from_reply(reply_of(404, body), purpose, {});
      EXPECT_NE(to_string(error.code), to_string(ErrorCode::not_found)) << body;
    }
  }
}

TEST(IamError, BelievesIamsOwnWordThatAPolicyIsGone) {
  for (const std::string code : {"policy_not_found", "not_found", "resource_not_found"}) {
    const std::string body = R"({"trace":"t","errors":[{"code":")" + code + R"("}]})";
    for (const Purpose purpose : {Purpose::read, Purpose::write}) {
      const auto error = error_from_reply(reply_of(404, body), purpose, {});
      EXPECT_EQ(to_string(error.code), to_string(ErrorCode::not_found)) << code;
    }
  }
}

TEST(IamError, SaysThatTheKeyWasRefused) {
  const auto reply = reply_of(400,
                              R"({"errorCode":"BXNIM0415E","errorMessage":"Provided API key could )"
                              R"(not be found.","context":{"requestId":"x"}})");
  const auto error = error_from_reply(reply, Purpose::token, {});

  EXPECT_EQ(error.code, ErrorCode::unauthenticated);
  EXPECT_EQ(error.detail.service_code, "BXNIM0415E");
  EXPECT_THAT(error.message, HasSubstr("refused the API key"));
}

TEST(IamError, SaysWhichRightIsMissing) {
  EXPECT_THAT(error_from_reply(reply_of(403, ""), Purpose::write, {}).message,
              HasSubstr("Administrator on the target"));
  EXPECT_THAT(error_from_reply(reply_of(403, ""), Purpose::read, {}).message, HasSubstr("Viewer"));
}

TEST(IamError, ReadsBothFormsOfRetryAfter) {
  const Timestamp now = *parse_rfc3339("1994-11-15T08:12:01Z");
  const auto seconds = reply_of(429, "", {{"retry-after", "30"}});
  const auto date = reply_of(503, "", {{"Retry-After", "Tue, 15 Nov 1994 08:12:31 GMT"}});

  for (const HttpResponse& reply : {seconds, date}) {
    const auto error = error_from_reply(reply, Purpose::read, now);
    EXPECT_EQ(error.detail.retry_after, std::chrono::milliseconds(30'000)) << reply.status;
  }
}

TEST(IamError, MeasuresADateByTheClockThatWroteIt) {
  const Timestamp wrong = *parse_rfc3339("1993-01-01T00:00:00Z");
  const auto reply = reply_of(429,
                              "",
                              {{"Date", "Tue, 15 Nov 1994 08:12:01 GMT"},
                               {"Retry-After", "Tue, 15 Nov 1994 08:12:31 GMT"}});

  EXPECT_EQ(error_from_reply(reply, Purpose::read, wrong).detail.retry_after,
            std::chrono::milliseconds(30'000));
}

TEST(IamError, MakesForeignTextHarmlessAndShort) {
  const auto reply = reply_of(500, "\x1b[31mred\nline" + std::string(5000, 'x'));
  const auto error = error_from_reply(reply, Purpose::read, {});

  EXPECT_THAT(error.message, Not(HasSubstr("\x1b")));
  EXPECT_THAT(error.message, Not(HasSubstr("\n")));
  EXPECT_LT(error.message.size(), 1000U);
}

}  // namespace
}  // namespace authzd
