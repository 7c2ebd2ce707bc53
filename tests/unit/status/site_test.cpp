// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/status_site.hpp"
#include "tests/support/status_world.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kToken = "a-token-of-some-length";

class Site : public testing::Test {
 protected:
  HttpResponse ask(std::string method, std::string target, HttpHeaders headers = {}) {
    SiteParts parts{board, tally, clock, randomness, "1.2.3", log};
    if (token) parts.token = [this] { return *token; };
    if (hook) parts.admit_hook = [this](const HttpRequest&) { return *hook; };
    if (!site) site.emplace(std::move(parts));
    return site->answer({std::move(method), std::move(target), std::move(headers)}, Caller::remote);
  }

  HttpResponse get(std::string target) {
    return ask("GET", std::move(target), {{"Authorization", "Bearer " + kToken}});
  }

  FakeBoard board = full_board();
  CycleTally tally = full_tally();
  VirtualClock clock{kStatusNow};
  SeededRandomness randomness{1};
  std::string logged;
  Log log = Log::to_sink([this](std::string_view line) { logged += line; },
                         [] { return kStatusNow; },
                         true,
                         LogLevel::debug);
  std::optional<Result<Secret>> token = Secret(kToken);
  std::optional<Result<void>> hook = Result<void>();
  std::optional<StatusSite> site;
};

const std::vector<std::string> kGuarded{"/",
                                        "/accounts/test",
                                        "/runs",
                                        "/runs/0123456789ab",
                                        "/reach",
                                        "/api/v1/status",
                                        "/api/v1/plan",
                                        "/api/v1/runs"};

TEST_F(Site, ShowsTheGuardedPagesToTheTokenOnly) {
  for (const std::string& path : kGuarded) {
    EXPECT_EQ(get(path).status, 200) << path;
    const auto wrong = ask("GET", path, {{"Authorization", "Bearer a-token-of-some-lengtH"}});
    EXPECT_EQ(wrong.status, 401) << path;
    EXPECT_THAT(find_header(wrong.headers, "WWW-Authenticate"), HasSubstr("Bearer")) << path;
    EXPECT_THAT(wrong.body, Not(HasSubstr("production"))) << path;
    EXPECT_EQ(ask("GET", path).status, 401) << path;
  }
}

TEST_F(Site, SaysHowToOpenTheGuardedPages) {
  token.reset();
  for (const std::string& path : kGuarded) {
    const auto reply = get(path);
    EXPECT_EQ(reply.status, 403) << path;
    EXPECT_THAT(reply.body, HasSubstr("set admin.tokenFile")) << path;
  }
}

TEST_F(Site, TakesNoTokenThatCouldBeGuessed) {
  token = Secret("short");
  const auto reply = ask("GET", "/api/v1/status", {{"Authorization", "Bearer short"}});
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("too short"));
}

TEST_F(Site, StaysClosedWhereTheTokenCannotBeRead) {
  token = Error{ErrorCode::invalid_config, "/run/credentials/token cannot be read"};
  const auto reply = get("/api/v1/status");
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, Not(HasSubstr("/run/credentials")));
  EXPECT_THAT(logged, HasSubstr("/run/credentials/token cannot be read"));
}

TEST_F(Site, TakesUpANewTokenAtOnce) {
  EXPECT_EQ(get("/api/v1/status").status, 200);
  token = Secret("another-token-of-some-length");
  EXPECT_EQ(get("/api/v1/status").status, 401);
}

TEST_F(Site, NeedsNoTokenForWhatShowsNoObject) {
  for (const char* path : {"/metrics", "/healthz", "/readyz"}) {
    EXPECT_EQ(ask("GET", path).status, 200) << path;
    EXPECT_EQ(ask("HEAD", path).status, 200) << path;
  }
}

TEST_F(Site, IsReadyWhenEveryFirstCycleHasEnded) {
  board.ready = false;
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
  EXPECT_EQ(ask("GET", "/healthz").status, 200);
  board.ready = true;
  EXPECT_EQ(ask("GET", "/readyz").status, 200);
}

TEST_F(Site, ShowsHowAnAuthorizationStands) {
  board.named = {{healthy_account().id, "production", "keys", {}, {true, false, kStatusNow}}};

  const auto reply = get("/api/v1/grants/keys");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("\"granted\": true"));
  EXPECT_THAT(reply.body, HasSubstr("\"settlesAt\": \"2027-01-15T08:00:00Z\""));
  EXPECT_EQ(get("/api/v1/grants/keys?account=test").status, 404) << "another account has it";
  const auto none = get("/api/v1/grants/kez");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr("authorization \\\"kez\\\""));
  EXPECT_EQ(ask("GET", "/api/v1/grants/keys").status, 401);
}

TEST_F(Site, HasNoOtherPage) {
  for (const char* path : {"/api", "/api/v1/", "/favicon.ico", "/metrics/../api/v1/status", "*"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(Site, AnswersOtherMethodsWithTheOnesThatItHas) {
  const auto posted = ask("POST", "/metrics");
  EXPECT_EQ(posted.status, 405);
  EXPECT_EQ(find_header(posted.headers, "Allow"), "GET, HEAD");
  const auto got = ask("GET", "/hook/github");
  EXPECT_EQ(got.status, 405);
  EXPECT_EQ(find_header(got.headers, "Allow"), "POST");
  EXPECT_EQ(board.pokes, 0);
}

TEST_F(Site, LetsABrowserDoNothingButShow) {
  for (const char* path : {"/", "/nothing", "/metrics"}) {
    const auto reply = get(path);
    EXPECT_THAT(find_header(reply.headers, "Content-Security-Policy"),
                HasSubstr("default-src 'none'"));
    EXPECT_EQ(find_header(reply.headers, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(find_header(reply.headers, "Cache-Control"), "no-store");
  }
}

TEST_F(Site, ShowsOneAccountByNameOrId) {
  const std::string id = "22222222222222222222222222222222";
  EXPECT_EQ(get("/api/v1/runs?account=test&limit=5").body, id + " 5");
  EXPECT_EQ(get("/api/v1/runs?account=" + id).body, id + " 20");
  EXPECT_EQ(get("/api/v1/runs?account=test&limit=100000").body, id + " 200");
  EXPECT_EQ(get("/api/v1/runs?account=test&limit=-1").body, id + " 20");

  const auto plan = get("/api/v1/plan?account=test");
  EXPECT_THAT(plan.body, HasSubstr("\"name\": \"test\""));
  EXPECT_THAT(plan.body, Not(HasSubstr("\"name\": \"production\"")));

  const auto unknown = get("/api/v1/plan?account=nobody");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr("\"code\": \"NotFound\""));
}

TEST_F(Site, HasNoPlanBeforeTheFirst) {
  board.plans.clear();
  EXPECT_THAT(get("/api/v1/plan?account=test").body, HasSubstr("\"accounts\": []"));
}

TEST_F(Site, SaysWhenTheStateCannotBeRead) {
  board.runs_as_json = [](auto, auto) -> Result<std::string> {
    return Error{ErrorCode::internal, "state.db: the disk is full"};
  };
  const auto reply = get("/api/v1/runs");
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, Not(HasSubstr("state.db")));
  EXPECT_THAT(logged, HasSubstr("state.db: the disk is full"));
}

TEST_F(Site, StartsACycleForASignedHook) {
  EXPECT_EQ(ask("POST", "/hook/github", {{"X-Hub-Signature-256", "sha256=…"}}).status, 202);
  EXPECT_EQ(board.pokes, 1);
}

TEST_F(Site, StartsNothingForAHookThatIsRefused) {
  struct Case {
    ErrorCode code;
    int status;
  };
  for (const auto& [code, status] : {Case{ErrorCode::unauthenticated, 403},
                                     Case{ErrorCode::rejected, 400},
                                     Case{ErrorCode::conflict, 409},
                                     Case{ErrorCode::invalid_config, 503}}) {
    hook = Error{code, "it is refused because of /run/secret"};
    const auto reply = ask("POST", "/hook/gitlab", {{"X-Gitlab-Token", "wrong"}});
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.body.find("/run/secret") != std::string::npos, status != 503);
  }
  EXPECT_EQ(board.pokes, 0);
  EXPECT_THAT(logged, Not(HasSubstr("wrong")));
}

TEST_F(Site, DoesNotLetAStrangerFillTheLog) {
  hook = Error{ErrorCode::unauthenticated, "its signature does not fit"};
  const auto refused = [this] {
    return ask("POST", "/hook/github", {{"X-Hub-Signature-256", "sha256=…"}}).status == 403;
  };
  ASSERT_TRUE(refused());
  const std::string first = logged;
  for (int i = 1; i < 1000; ++i) ASSERT_TRUE(refused());
  EXPECT_THAT(first, HasSubstr("a hook was refused"));
  EXPECT_EQ(logged, first);

  clock.advance(std::chrono::minutes(1));
  ASSERT_TRUE(refused());

  EXPECT_THAT(logged, HasSubstr("\"left_out_since_the_last\":\"999\""));
}

TEST_F(Site, TakesAHookOnlyWithTheProofOfItsSender) {
  EXPECT_EQ(ask("POST", "/hook/github", {{"X-Gitlab-Token", "secret"}}).status, 400);
  EXPECT_EQ(ask("POST", "/hook/generic").status, 400);
  EXPECT_EQ(board.pokes, 0);
}

TEST_F(Site, SaysHowToTakeHooks) {
  hook.reset();
  const auto reply = ask("POST", "/hook/github", {{"X-Hub-Signature-256", "sha256=…"}});
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("set admin.hookSecretFile"));
}

TEST_F(Site, CountsItsRequestsByRouteAndNotByPath) {
  (void)ask("GET", "/some/secret/path");
  (void)ask("GET", "/healthz");
  (void)ask("GET", "/healthz");
  const std::string text = ask("GET", "/metrics").body;
  EXPECT_THAT(text, HasSubstr("authzd_http_requests_total{route=\"/healthz\",code=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("authzd_http_requests_total{route=\"other\",code=\"404\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("/some/secret")));
}

TEST_F(Site, RepeatsNoTokenAnywhere) {
  std::string all = logged;
  for (const std::string& path : kGuarded) all += get(path).body;
  all += ask("GET", "/metrics").body;
  EXPECT_THAT(all, Not(HasSubstr(kToken)));
}

}  // namespace
}  // namespace authzd::test
