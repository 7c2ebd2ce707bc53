// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A replayed trace: which reply a request gets, and what is reported about the rest.

#include "daemon/sandbox/replay.hpp"

#include "daemon/sandbox/json.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kTrace =
    R"({"format":"authzd-trace","version":1,"authzd":"0.1.0","begun":"2026-01-31T08:00:00Z","endpoint":"public"}
{"n":1,"at":"2026-01-31T08:00:00Z","ms":180,"to":"iam","request":{"method":"POST","path":"/identity/token","headers":[["Content-Type","application/x-www-form-urlencoded"]],"form":[["grant_type","g"],["apikey","[secret]"]],"bytes":9},"reply":{"status":200,"headers":[["Content-Type","application/json"]],"body":{"access_token":"[secret]","expires_in":3600,"expiration":3601},"bytes":9,"claims":{"iam_id":"IBMid-1","account":{"bss":"a1"},"iat":1,"exp":3601}}}
{"n":2,"at":"2026-01-31T08:00:01Z","ms":2400,"to":"iam","request":{"method":"GET","path":"/v2/policies","query":[["account_id","a1"],["limit","100"]],"headers":[]},"reply":{"status":200,"headers":[["Date","Tue, 15 Nov 1994 08:12:31 GMT"],["Content-Length","999"],["ETag","1-a"]],"body":{"policies":[],"n":1},"bytes":9}}
{"n":3,"at":"2026-01-31T08:00:02Z","ms":1,"to":"iam","request":{"method":"GET","path":"/v2/policies","query":[["account_id","a1"],["limit","100"]],"headers":[]},"reply":{"status":200,"headers":[],"body":{"policies":[],"n":2},"bytes":9}}
{"n":4,"at":"2026-01-31T08:00:03Z","ms":30000,"to":"iam","request":{"method":"POST","path":"/v2/policies","headers":[],"body":{"b":1,"a":{"d":2,"c":3}},"bytes":9},"error":"Timeout"}
)";

class ReplayTest : public testing::Test {
 protected:
  static Replay make() {
    auto trace = read_trace(kTrace);
    if (!trace) ADD_FAILURE() << trace.error().message;
    return Replay(std::move(*trace));
  }

  HttpReply ask(std::string method, std::string target, std::string body = {}) {
    HttpRequest request{std::move(method), std::move(target)};
    request.body = std::move(body);
    return replay.answer(request, now);
  }

  Replay replay = make();
  Timestamp now = *parse_rfc3339("2027-01-31T08:00:00Z");
};

TEST_F(ReplayTest, AnswersInOrderWhateverTheOrderOfTheQuery) {
  const HttpReply first = ask("GET", "/v2/policies?limit=100&account_id=a1");
  const HttpReply second = ask("GET", "/v2/policies?account_id=a1&limit=100");

  EXPECT_THAT(first.response.body, HasSubstr(R"("n":1)"));
  EXPECT_THAT(second.response.body, HasSubstr(R"("n":2)"));
  EXPECT_EQ(find_header(first.response.headers, "ETag"), "1-a");
  EXPECT_EQ(find_header(first.response.headers, "Content-Length"), "");
  EXPECT_EQ(find_header(first.response.headers, "Date"), "Sun, 31 Jan 2027 08:00:00 GMT");
  EXPECT_EQ(find_header(second.response.headers, "Date"), "");
}

TEST_F(ReplayTest, HasNoAnswerToWhatIsNotInTheTrace) {
  for (const char* target : {"/v2/policies", "/v2/policies?account_id=a1&limit=99", "/v2/roles"}) {
    const HttpReply reply = ask("GET", target);
    EXPECT_EQ(reply.response.status, 501) << target;
    EXPECT_THAT(reply.response.body, HasSubstr("not_in_trace"));
  }
  (void)ask("GET", "/v2/policies?account_id=a1&limit=100");
  (void)ask("GET", "/v2/policies?account_id=a1&limit=100");
  EXPECT_EQ(ask("GET", "/v2/policies?account_id=a1&limit=100").response.status, 501);
}

TEST_F(ReplayTest, GivesATokenThatLivesNowAsOftenAsOneIsAsked) {
  for (const char* secret : {"one", "another"}) {
    const HttpReply reply =
        ask("POST", "/identity/token", std::string("apikey=") + secret + "&grant_type=g");
    ASSERT_EQ(reply.response.status, 200);
    const Json body = Json::parse(reply.response.body);
    EXPECT_EQ(body["expiration"], 1'801'382'400 + 3'600);
    EXPECT_THAT(body["access_token"].get<std::string>(), testing::StartsWith("eyJ"));
  }
  EXPECT_EQ(ask("POST", "/identity/token", "grant_type=h").response.status, 501);
}

TEST_F(ReplayTest, ComparesBodiesAsValuesAndCutsWhatHadNoReply) {
  EXPECT_EQ(ask("POST", "/v2/policies", R"({"a":{"c":3,"d":3},"b":1})").response.status, 501);
  EXPECT_EQ(ask("POST", "/v2/policies", R"({"a": {"c":3,"d":2}, "b":1})").cut,
            HttpReply::Cut::before_reply);
}

/// The server's behaviour for a client that sends one request after the other.
class ReplayTimes : public ReplayTest {
 protected:
  std::vector<std::chrono::milliseconds> waited(double speed) {
    const HttpHandler handler = handler_of(replay, clock, {.speed = speed, .quiet = true});
    HttpRequest token{"POST", "/identity/token"};
    token.body = "grant_type=g";
    const HttpRequest list{"GET", "/v2/policies?account_id=a1&limit=100"};
    HttpRequest lost{"POST", "/v2/policies"};
    lost.body = R"({"a":{"c":3,"d":2},"b":1})";
    const HttpRequest unknown{"GET", "/v2/roles"};
    for (const HttpRequest& request : {token, token, list, list, lost, unknown}) {
      (void)test::run(io, handler(request));
    }
    return clock.sleeps();
  }

  static std::chrono::milliseconds ms(int count) { return std::chrono::milliseconds(count); }

  boost::asio::io_context io{1};
  test::VirtualClock clock;
};

TEST_F(ReplayTimes, AreThoseOfTheTraceAndNoneForWhatItDoesNotHave) {
  EXPECT_THAT(waited(1), ElementsAre(ms(180), ms(180), ms(2'400), ms(1), ms(30'000)));
}

TEST_F(ReplayTimes, AreShorterByTheFactor) {
  EXPECT_THAT(waited(10), ElementsAre(ms(18), ms(18), ms(240), ms(3'000)));
}

TEST_F(ReplayTimes, AreLongerByAFactorBelowOneUpToADay) {
  constexpr int kDay = 86'400'000;
  EXPECT_THAT(waited(0.0001),
              ElementsAre(ms(1'800'000), ms(1'800'000), ms(24'000'000), ms(10'000), ms(kDay)));
}

TEST_F(ReplayTimes, AreNoneAtAllWithTheFactorZero) {
  EXPECT_THAT(waited(0), ElementsAre());
}

TEST_F(ReplayTest, SaysWhatWasNotAskedFor) {
  (void)ask("POST", "/identity/token", "grant_type=g");
  (void)ask("GET", "/v2/policies?account_id=a1&limit=100");

  EXPECT_THAT(replay.not_asked(),
              ElementsAre("GET /v2/policies?account_id=a1&limit=100", "POST /v2/policies"));
  EXPECT_EQ(replay.account(), "a1");
  EXPECT_EQ(replay.size(), 4U);
}

}  // namespace
}  // namespace authzd::sandbox
