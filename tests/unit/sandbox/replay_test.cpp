// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A trace played back: which reply a request gets, and what is said of the rest.

#include "daemon/sandbox/replay.hpp"

#include "daemon/sandbox/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kTrace =
    R"({"format":"authzd-trace","version":1,"authzd":"0.1.0","begun":"2026-01-31T08:00:00Z","endpoint":"public"}
{"n":1,"at":"2026-01-31T08:00:00Z","ms":1,"to":"iam","request":{"method":"POST","path":"/identity/token","headers":[["Content-Type","application/x-www-form-urlencoded"]],"form":[["grant_type","g"],["apikey","[secret]"]],"bytes":9},"reply":{"status":200,"headers":[["Content-Type","application/json"]],"body":{"access_token":"[secret]","expires_in":3600,"expiration":3601},"bytes":9,"claims":{"iam_id":"IBMid-1","account":{"bss":"a1"},"iat":1,"exp":3601}}}
{"n":2,"at":"2026-01-31T08:00:01Z","ms":1,"to":"iam","request":{"method":"GET","path":"/v2/policies","query":[["account_id","a1"],["limit","100"]],"headers":[]},"reply":{"status":200,"headers":[["Date","Tue, 15 Nov 1994 08:12:31 GMT"],["Content-Length","999"],["ETag","1-a"]],"body":{"policies":[],"n":1},"bytes":9}}
{"n":3,"at":"2026-01-31T08:00:02Z","ms":1,"to":"iam","request":{"method":"GET","path":"/v2/policies","query":[["account_id","a1"],["limit","100"]],"headers":[]},"reply":{"status":200,"headers":[],"body":{"policies":[],"n":2},"bytes":9}}
{"n":4,"at":"2026-01-31T08:00:03Z","ms":1,"to":"iam","request":{"method":"POST","path":"/v2/policies","headers":[],"body":{"b":1,"a":{"d":2,"c":3}},"bytes":9},"error":"Timeout"}
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
