// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/session.hpp"

#include "tests/unit/iam/scripted_iam.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Account;
using test::json_reply;
using test::lost;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

ApiCall read_call() {
  return ApiCall{"GET", "/v2/policies/p"};
}

ApiCall write_call() {
  return ApiCall{"POST", "/v2/policies", Purpose::write, "{}"};
}

boost::asio::awaitable<void> call_and_forget(Account& account) {  // coroutine-ref: the test's
  const auto reply = co_await account.session->call(read_call());
  EXPECT_TRUE(reply) << reply.error().message;
}

TEST(Session, SendsWhatIamWants) {
  Account account;
  ApiCall call = write_call();
  call.etag = Etag("3-a283");

  ASSERT_TRUE(account.run(account.session->call(call)));

  ASSERT_THAT(account.http.requests, SizeIs(1));
  const HttpHeaders& headers = account.http.requests[0].headers;
  EXPECT_THAT(std::string(find_header(headers, "Authorization")), HasSubstr("Bearer ey"));
  EXPECT_EQ(find_header(headers, "Accept"), "application/json");
  EXPECT_EQ(find_header(headers, "Content-Type"), "application/json");
  EXPECT_EQ(find_header(headers, "If-Match"), "3-a283");
  EXPECT_THAT(find_header(headers, "Transaction-Id"), SizeIs(32));
}

TEST(Session, AsksForATokenOnceAndUsesItAgain) {
  Account account;

  account.run_all([&] {
    std::vector<boost::asio::awaitable<void>> calls;
    for (int i = 0; i < 4; ++i) calls.push_back(call_and_forget(account));
    return calls;
  }());

  EXPECT_THAT(account.http.token_requests, SizeIs(1));
  EXPECT_THAT(account.http.requests, SizeIs(4));
  EXPECT_EQ(account.http.token_requests[0].body,
            "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=" +
                std::string(test::kKey) + "&response_type=cloud_iam");
}

TEST(Session, GetsAnotherTokenAfterA401AndTriesAgain) {
  Account account;
  account.http.replies = {json_reply(401, ""), json_reply(200, "{}")};

  EXPECT_TRUE(account.run(account.session->call(write_call())));

  EXPECT_THAT(account.http.token_requests, SizeIs(2));
  EXPECT_THAT(account.http.requests, SizeIs(2));
}

/// A key can be replaced between two calls of a cycle, by one of another account.
TEST(Session, SendsNothingWithATokenOfAnotherAccountThatARenewalGave) {
  Account account;
  account.http.token_replies = {test::token_reply(), test::token_of_account("B7")};
  account.http.replies = {json_reply(401, "")};

  const auto reply = account.run(account.session->call(write_call()));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::forbidden);
  EXPECT_THAT(reply.error().message, HasSubstr("belongs to account b7"));
  EXPECT_THAT(account.http.requests, SizeIs(1)) << "none with the other account's token";
}

TEST(Session, GoesOnAtOnceOnceTheRightKeyIsBack) {
  Account account;
  account.http.token_replies = {test::token_of_account("B7")};

  EXPECT_FALSE(account.run(account.session->call(read_call())));
  EXPECT_TRUE(account.run(account.session->call(read_call())));
}

TEST(Session, ShowsNoKeyThatAReplyRepeatsAsItsTransaction) {
  const std::string key = "Ab3" + std::string(41, 'x');
  Account account;
  account.http.replies = {json_reply(200, "{}", {{"Transaction-Id", key}}),
                          json_reply(403, "{}", {{"Transaction-Id", key}})};

  const auto done = account.run(account.session->call(read_call()));
  const auto refused = account.run(account.session->call(read_call()));

  ASSERT_TRUE(done);
  EXPECT_THAT(done->transaction_id, Not(HasSubstr(key)));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail.transaction_id, Not(HasSubstr(key)));
}

TEST(Session, ShowsNoTokenThatAReplyRepeatsAsItsTransaction) {
  Account account;
  account.http.token_replies = {
      json_reply(403, "{}", {{"Transaction-Id", std::string(test::kKey)}})};

  const auto refused = account.run(account.session->call(read_call()));

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail.transaction_id, Not(HasSubstr(std::string(test::kKey))));
}

TEST(Session, GivesUpAtTheSecond401) {
  Account account;
  account.http.replies = {json_reply(401, ""), json_reply(401, "")};

  const auto reply = account.run(account.session->call(read_call()));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unauthenticated);
  EXPECT_THAT(account.http.requests, SizeIs(2));
}

TEST(Session, RepeatsAReadThatFailed) {
  Account account;
  account.http.replies = {json_reply(503, "<html>"),
                          lost(ErrorCode::timeout, true),
                          lost(ErrorCode::unavailable, true),
                          json_reply(200, "{}")};

  EXPECT_TRUE(account.run(account.session->call(read_call())));
  EXPECT_THAT(account.http.requests, SizeIs(4));
}

TEST(Session, NeverRepeatsAWriteThatMayHaveHappened) {
  for (const Result<HttpResponse>& fault :
       {Result<HttpResponse>(json_reply(503, "")),
        Result<HttpResponse>(lost(ErrorCode::unavailable, true)),
        Result<HttpResponse>(lost(ErrorCode::timeout, true))}) {
    Account account;
    account.http.replies = {fault};

    const auto reply = account.run(account.session->call(write_call()));

    ASSERT_FALSE(reply);
    EXPECT_TRUE(reply.error().detail.may_have_happened);
    EXPECT_THAT(reply.error().detail.transaction_id, SizeIs(32));
    EXPECT_THAT(account.http.requests, SizeIs(1));
  }
}

TEST(Session, RepeatsAWriteThatWasNeverSentOrWasThrottled) {
  Account account;
  account.http.replies = {lost(ErrorCode::unavailable, false), json_reply(429, "")};

  EXPECT_TRUE(account.run(account.session->call(write_call())));
  EXPECT_THAT(account.http.requests, SizeIs(3));
}

TEST(Session, WaitsAsLongAsA429Asks) {
  Account account;
  const Timestamp begun = account.clock.now();
  const std::string until = "Fri, 15 Jan 2027 08:01:00 GMT";  // a minute after the clock's start
  account.http.replies = {json_reply(429, "", {{"Retry-After", "30"}}),
                          json_reply(429, "", {{"Retry-After", until}})};

  EXPECT_TRUE(account.run(account.session->call(read_call())));

  ASSERT_THAT(account.http.sent_at, SizeIs(3));
  EXPECT_GE(account.http.sent_at[1] - begun, seconds(30));
  EXPECT_GE(account.http.sent_at[2], *parse_http_date(until));
}

boost::asio::awaitable<void> call_later(Account& account) {  // coroutine-ref: the test's
  co_await account.clock.sleep(seconds(1));
  co_await call_and_forget(account);
}

TEST(Session, SlowsTheWholeAccountAfterA429) {
  Account account;
  const Timestamp begun = account.clock.now();
  account.http.replies = {json_reply(429, "", {{"Retry-After", "30"}})};

  std::vector<boost::asio::awaitable<void>> calls;
  calls.push_back(call_and_forget(account));
  calls.push_back(call_later(account));
  account.run_all(std::move(calls));

  ASSERT_THAT(account.http.sent_at, SizeIs(3));
  EXPECT_GE(account.http.sent_at[1] - begun, seconds(30));
  EXPECT_GE(account.http.sent_at[2] - begun, seconds(30));
}

TEST(Session, DoesNotWaitForARetryAfterBeyondItsBudget) {
  Account account;
  account.http.replies = {json_reply(429, "", {{"Retry-After", "3600"}})};

  const auto first = account.run(account.session->call(read_call()));
  const auto second = account.run(account.session->call(read_call()));

  ASSERT_TRUE(!first && !second);
  EXPECT_EQ(first.error().code, ErrorCode::rate_limited);
  EXPECT_EQ(second.error().code, ErrorCode::rate_limited);
  EXPECT_THAT(account.http.requests, SizeIs(1));
}

TEST(Session, AsksAgainAfterAQuarterOfAnHourHoweverLongIamTellsItToWait) {
  for (const char* asked : {"864000", "99999999999999999999", "Sun, 15 Jan 2090 08:00:00 GMT"}) {
    Account account;
    account.http.replies = {json_reply(429, "", {{"Retry-After", asked}})};
    ASSERT_FALSE(account.run(account.session->call(read_call()))) << asked;

    account.clock.advance(minutes(10));
    EXPECT_FALSE(account.run(account.session->call(read_call()))) << asked;
    EXPECT_THAT(account.http.requests, SizeIs(1)) << asked;

    account.clock.advance(minutes(5));
    EXPECT_TRUE(account.run(account.session->call(read_call()))) << asked;
    EXPECT_THAT(account.http.requests, SizeIs(2)) << asked;
  }
}

TEST(Session, KeepsToTheRequestsPerSecond) {
  IamOptions options;
  options.requests_per_second = 20;
  Account account(options);
  const Timestamp begun = account.clock.now();

  std::vector<boost::asio::awaitable<void>> calls;
  for (int i = 0; i < 50; ++i) calls.push_back(call_and_forget(account));
  account.run_all(std::move(calls));

  // Half a second's worth is sent at once; the token's own request is one of them.
  EXPECT_GE(account.clock.now() - begun, milliseconds(2'000));
  EXPECT_LE(account.clock.now() - begun, milliseconds(2'500));
}

TEST(Session, GoesOnWithTheOldTokenWhereARefreshFails) {
  Account account;
  ASSERT_TRUE(account.run(account.session->call(read_call())));
  account.clock.advance(minutes(50));
  account.http.token_replies = {json_reply(500, "")};

  ASSERT_TRUE(account.run(account.session->call(read_call())));
  ASSERT_TRUE(account.run(account.session->call(read_call())));
  EXPECT_THAT(account.http.token_requests, SizeIs(2)) << "a failed refresh is put off by a minute";

  account.clock.advance(minutes(1));
  ASSERT_TRUE(account.run(account.session->call(read_call())));
  EXPECT_THAT(account.http.token_requests, SizeIs(3));
}

TEST(Session, RetriesForATokenInTheBudgetOfTheCall) {
  Account account;
  account.http.token_replies = {json_reply(500, ""), lost(ErrorCode::timeout, true)};

  EXPECT_TRUE(account.run(account.session->call(write_call())));
  EXPECT_THAT(account.http.token_requests, SizeIs(3));
  EXPECT_THAT(account.http.requests, SizeIs(1));
}

TEST(Session, DoesNotTryAKeyTwiceThatWasRefused) {
  Account account;
  account.http.token_replies = {json_reply(400, R"({"errorCode":"BXNIM0415E"})")};

  const auto reply = account.run(account.session->call(read_call()));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unauthenticated);
  EXPECT_THAT(reply.error().message, HasSubstr("getting a token"));
  EXPECT_THAT(account.http.token_requests, SizeIs(1));
  EXPECT_THAT(account.http.requests, SizeIs(0));
}

}  // namespace
}  // namespace authzd
