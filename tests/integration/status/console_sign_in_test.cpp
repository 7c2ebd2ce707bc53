// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who gets into the console, for how long, and who does not.

#include "tests/integration/status/console_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ConsoleSignIn : public ConsoleTest {};

TEST_F(ConsoleSignIn, AsksABrowserForTheTokenAtAnyPage) {
  for (const char* path : {"/", "/accounts/test", "/runs", "/reach?service=kms"}) {
    const auto reply = get(path);
    EXPECT_EQ(reply.status, 401) << path;
    EXPECT_THAT(reply.body, HasSubstr("name=\"token\"")) << path;
    EXPECT_THAT(reply.body, HasSubstr("value=\"" + std::string(path) + "\"")) << path;
    EXPECT_THAT(reply.body, Not(HasSubstr("production"))) << path;
  }
}

TEST_F(ConsoleSignIn, OpensASessionForTheToken) {
  const auto reply = sign_in(kConsoleToken, "%2Faccounts%2Ftest");
  EXPECT_EQ(reply.status, 303);
  EXPECT_EQ(find_header(reply.headers, "Location"), "/accounts/test");
  const std::string set(find_header(reply.headers, "Set-Cookie"));
  EXPECT_THAT(
      set, AllOf(HasSubstr("; HttpOnly"), HasSubstr("; SameSite=Strict"), HasSubstr("; Path=/")));
  EXPECT_THAT(set, Not(HasSubstr(kConsoleToken)));
  EXPECT_THAT(set, Not(HasSubstr("Secure"))) << "over plain HTTP a browser would drop it";

  const auto page = get("/accounts/test");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("Sign out"));
  EXPECT_EQ(get("/api/v1/status").status, 200);
}

TEST_F(ConsoleSignIn, SendsTheCookieOnlyOverTlsBehindAProxyWithTls) {
  const auto reply = ask("POST",
                         "/sign-in",
                         {{"Sec-Fetch-Site", "same-origin"}, {"X-Forwarded-Proto", "https"}},
                         "token=" + kConsoleToken);
  EXPECT_THAT(find_header(reply.headers, "Set-Cookie"), HasSubstr("; Secure"));
}

TEST_F(ConsoleSignIn, RefusesAWrongTokenWithoutRepeatingIt) {
  const auto reply = sign_in("not-the-token-at-all");
  EXPECT_EQ(reply.status, 401);
  EXPECT_THAT(reply.body, HasSubstr("not the token"));
  EXPECT_EQ(find_header(reply.headers, "Set-Cookie"), "");
  EXPECT_THAT(reply.body + logged, Not(HasSubstr("not-the-token-at-all")));
  EXPECT_THAT(logged, HasSubstr("wrong token"));
  EXPECT_EQ(get("/").status, 401);
}

TEST_F(ConsoleSignIn, TakesNoOneElsesCookie) {
  (void)sign_in(kConsoleToken);
  cookie = std::string(kSessionCookie) + "=" + std::string(64, '0');
  EXPECT_EQ(get("/").status, 401);
}

TEST_F(ConsoleSignIn, SlowsDownWhoeverGuesses) {
  for (std::size_t i = 0; i < kMostAttempts; ++i) ASSERT_EQ(sign_in("a-wrong-token").status, 401);
  const auto reply = sign_in(kConsoleToken);
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(find_header(reply.headers, "Retry-After"), std::to_string(kAttemptGap.count()));
  EXPECT_EQ(find_header(reply.headers, "Set-Cookie"), "");
  EXPECT_EQ(ask("GET", "/", {{"Authorization", "Bearer " + kConsoleToken}}).status, 200);

  clock.advance(kAttemptGap);
  EXPECT_EQ(sign_in("a-wrong-token").status, 401) << "one more";
  EXPECT_EQ(sign_in(kConsoleToken).status, 429) << "and no second one";
  clock.advance(kAttemptGap);
  EXPECT_EQ(sign_in(kConsoleToken).status, 303);
}

TEST_F(ConsoleSignIn, DoesNotCountWhoKnowsTheToken) {
  for (std::size_t i = 0; i < 3 * kMostAttempts; ++i) ASSERT_EQ(sign_in(kConsoleToken).status, 303);
}

TEST_F(ConsoleSignIn, EndsASessionThatNobodyUses) {
  ASSERT_EQ(sign_in(kConsoleToken).status, 303);
  clock.advance(minutes(59));
  EXPECT_EQ(get("/").status, 200);
  clock.advance(minutes(59));
  EXPECT_EQ(get("/").status, 200) << "it was used in between";
  clock.advance(minutes(60));
  EXPECT_EQ(get("/").status, 401);
}

TEST_F(ConsoleSignIn, EndsEverySessionAfterItsLife) {
  ASSERT_EQ(sign_in(kConsoleToken).status, 303);
  for (auto passed = minutes(0); passed < hours(12) - minutes(30); passed += minutes(30)) {
    clock.advance(minutes(30));
    ASSERT_EQ(get("/").status, 200) << passed.count();
  }
  clock.advance(minutes(30));
  EXPECT_EQ(get("/").status, 401);
}

TEST_F(ConsoleSignIn, EndsAllSessionsWithAnotherToken) {
  ASSERT_EQ(sign_in(kConsoleToken).status, 303);
  token = "another-token-of-some-length";
  EXPECT_EQ(get("/").status, 401);
  token = kConsoleToken;
  EXPECT_EQ(get("/").status, 401) << "it ended for good";
}

TEST_F(ConsoleSignIn, SignsOut) {
  ASSERT_EQ(sign_in(kConsoleToken).status, 303);
  const auto reply = post("/sign-out");
  EXPECT_EQ(reply.status, 303);
  EXPECT_EQ(find_header(reply.headers, "Location"), "/sign-in");
  EXPECT_THAT(find_header(reply.headers, "Set-Cookie"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(get("/").status, 401) << "the session is over, whatever the browser keeps";
}

TEST_F(ConsoleSignIn, TakesNoFormOfAnotherSite) {
  const std::string form = "token=" + kConsoleToken;
  struct Case {
    HttpHeaders headers;
    int status;
  };
  const std::vector<Case> cases{
      {{{"Sec-Fetch-Site", "same-origin"}}, 303},
      {{{"Sec-Fetch-Site", "cross-site"}}, 403},
      {{{"Sec-Fetch-Site", "same-site"}}, 403},
      {{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://console.example:9464"}}, 403},
      {{{"Origin", "http://console.example:9464"}}, 303},
      {{{"Origin", "http://console.example"}}, 403},
      {{{"Origin", "https://evil.example"}}, 403},
      {{{"Origin", "null"}}, 403},
      {{}, 403},
  };
  for (const auto& [headers, status] : cases) {
    const auto reply = ask("POST", "/sign-in", headers, form);
    EXPECT_EQ(reply.status, status) << (headers.empty() ? "none" : headers.back().value);
    EXPECT_EQ(find_header(reply.headers, "Set-Cookie").empty(), status == 403);
  }
}

TEST_F(ConsoleSignIn, IsNotEndedByAnotherSite) {
  ASSERT_EQ(sign_in(kConsoleToken).status, 303);
  EXPECT_EQ(ask("POST", "/sign-out", {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(get("/").status, 200);
}

TEST_F(ConsoleSignIn, LeadsToNoOtherSite) {
  for (const char* next : {"https%3A%2F%2Fevil.example",
                           "%2F%2Fevil.example",
                           "%2F%5Cevil.example",
                           "%2F%09%2Fevil.example",
                           "%2Fa%0D%0ASet-Cookie%3A%20x%3D1",
                           "javascript%3Aalert(1)",
                           "%2Fsign-out",
                           ""}) {
    EXPECT_EQ(find_header(sign_in(kConsoleToken, next).headers, "Location"), "/") << next;
  }
  EXPECT_EQ(find_header(sign_in(kConsoleToken, "%2Freach%3Fservice%3Dkms").headers, "Location"),
            "/reach?service=kms");
}

TEST_F(ConsoleSignIn, KeepsABoundedNumberOfSessions) {
  ASSERT_EQ(sign_in(kConsoleToken).status, 303);
  const std::string first = cookie;
  for (std::size_t i = 0; i < kMostSessions; ++i) {
    clock.advance(seconds(1));
    cookie.clear();
    ASSERT_EQ(sign_in(kConsoleToken).status, 303);
  }
  EXPECT_EQ(get("/").status, 200);
  cookie = first;
  EXPECT_EQ(get("/").status, 401) << "the one that was unused for longest made room";
}

TEST_F(ConsoleSignIn, IsClosedWithoutAGoodToken) {
  token = "short";
  for (const char* path : {"/", "/sign-in"}) {
    const auto reply = get(path);
    EXPECT_EQ(reply.status, 403) << path;
    EXPECT_THAT(reply.body, HasSubstr("set admin.tokenFile")) << path;
  }
  EXPECT_EQ(sign_in("short").status, 403);
}

TEST_F(ConsoleSignIn, GuardsEveryReply) {
  ASSERT_EQ(sign_in(kConsoleToken).status, 303);
  for (const char* path : {"/", "/accounts/test", "/accounts/nobody", "/sign-in", "/nothing"}) {
    const auto reply = get(path);
    EXPECT_THAT(find_header(reply.headers, "Content-Security-Policy"),
                AllOf(HasSubstr("default-src 'none'"),
                      HasSubstr("script-src 'self'"),
                      HasSubstr("frame-ancestors 'none'"),
                      Not(HasSubstr("unsafe"))))
        << path;
    EXPECT_EQ(find_header(reply.headers, "X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(find_header(reply.headers, "Referrer-Policy"), "same-origin") << path;
    EXPECT_EQ(find_header(reply.headers, "Cache-Control"), "no-store") << path;
    EXPECT_THAT(reply.body, Not(HasSubstr("<script>"))) << path;
    EXPECT_THAT(reply.body, Not(HasSubstr(" style="))) << path;
    EXPECT_THAT(reply.body, Not(HasSubstr(" onclick="))) << path;
  }
}

}  // namespace
}  // namespace authzd::test
