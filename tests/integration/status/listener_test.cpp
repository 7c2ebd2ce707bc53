// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The listener over a real socket, with the guard that checks the signatures of hooks.

#include "daemon/http/status_listener.hpp"
#include "daemon/http/webhook.hpp"
#include "tests/integration/net/net_fixture.hpp"
#include "tests/integration/net/raw_peer.hpp"
#include "tests/support/status_world.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// The output of openssl for this secret and this body:
//   printf %s '{"ref":"refs/heads/main"}' | openssl dgst -sha256 -hmac not-a-real-secret-key
const std::string kSecret = "not-a-real-secret-key";
const std::string kBody = R"({"ref":"refs/heads/main"})";
const std::string kSignature = "8a4b39d25a1e832fcdc09f184ed96278929c7f1a709644b7ede67af1076635b3";
const std::string kToken = "a-token-of-some-length";

class Listener : public NetTest {
 protected:
  /// The listener's reply to `bytes` until it closes the connection.
  std::string answer_to(std::string bytes, HttpServerOptions options = status_listener_options()) {
    const auto server = listen_on("127.0.0.1:0", std::move(options));
    serve(*server, handler_of(site));
    const auto talk = [&]() -> Async<std::string> {
      auto peer = co_await connect_raw(server->port());
      co_await peer.write(bytes);
      co_return co_await peer.read_rest();
    };
    return *run(talk());
  }

  std::unique_ptr<HttpServer> listen_on(const std::string& where, HttpServerOptions options = {}) {
    options.log = log;
    auto server = listen_for_status(executor(), where, std::move(options));
    if (!server) throw std::runtime_error(to_string(server.error()));
    return std::move(*server);
  }

  static std::string get(const std::string& path, const std::string& headers = {}) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + "\r\n";
  }

  static std::string hook(const std::string& signature) {
    return "POST /hook/github HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Hub-Signature-256: "
           "sha256=" +
           signature + "\r\nContent-Length: " + std::to_string(kBody.size()) + "\r\n\r\n" + kBody;
  }

  std::string logged;
  Log log = Log::to_sink([this](std::string_view line) { logged += line; },
                         [] { return kStatusNow; },
                         true,
                         LogLevel::debug);
  FakeBoard board = full_board();
  CycleTally tally = full_tally();
  VirtualClock clock{kStatusNow};
  SeededRandomness randomness{1};
  WebhookGuard guard;
  StatusSite site{{board,
                   tally,
                   clock,
                   randomness,
                   "1.2.3",
                   log,
                   [] { return Secret(kToken); },
                   [this](const HttpRequest& request) {
                     return guard.admit(request, Secret(kSecret), clock.now());
                   }}};
};

TEST_F(Listener, ShowsTheStatusToTheTokenAndToNobodyElse) {
  const std::string path = "/api/v1/status";
  EXPECT_THAT(answer_to(get(path, "Authorization: Bearer " + kToken + "\r\n")),
              HasSubstr("\"production\""));
  const std::string wrong = answer_to(get(path, "Authorization: Bearer wrong\r\n"));
  EXPECT_THAT(wrong, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(wrong, HasSubstr("\r\nWWW-Authenticate: Bearer"));
  EXPECT_THAT(wrong, Not(HasSubstr("production")));
  EXPECT_THAT(answer_to(get(path)), StartsWith("HTTP/1.1 401 "));
}

TEST_F(Listener, AnswersHeadWithoutABody) {
  const std::string said =
      answer_to("HEAD /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(said, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(said, Not(HasSubstr("authzd_build_info")));
}

TEST_F(Listener, StartsOneCycleForAHookHoweverOftenItIsRepeated) {
  EXPECT_THAT(answer_to(hook(kSignature)), StartsWith("HTTP/1.1 202 "));
  EXPECT_EQ(board.pokes, 1);

  EXPECT_THAT(answer_to(hook(kSignature)), StartsWith("HTTP/1.1 409 "));
  EXPECT_EQ(board.pokes, 1);
}

TEST_F(Listener, StartsNothingForAHookWithABadSignature) {
  std::string forged = kSignature;
  forged.back() = forged.back() == '0' ? '1' : '0';

  EXPECT_THAT(answer_to(hook(forged)), StartsWith("HTTP/1.1 403 "));

  EXPECT_EQ(board.pokes, 0);
  EXPECT_THAT(logged, HasSubstr("a hook was refused"));
  EXPECT_THAT(logged, Not(HasSubstr(kSecret)));
}

TEST_F(Listener, RefusesAHeaderThatIsTooLarge) {
  const std::string large(9U << 10U, 'x');
  EXPECT_THAT(answer_to(get("/metrics", "X-Large: " + large + "\r\n")),
              StartsWith("HTTP/1.1 431 "));
}

TEST_F(Listener, RefusesABodyThatIsTooLargeBeforeItComes) {
  EXPECT_THAT(answer_to("POST /hook/github HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(board.pokes, 0);
}

TEST_F(Listener, EndsTheConnectionOfAClientThatIsTooSlow) {
  HttpServerOptions options = status_listener_options();
  options.read = std::chrono::milliseconds(20);
  EXPECT_THAT(answer_to("GET /metrics HTTP/1.1\r\nHo", options), IsEmpty());
}

TEST_F(Listener, ServesOthersWhileOneIsSlow) {
  const auto server = listen_on("127.0.0.1:0", status_listener_options());
  serve(*server, handler_of(site));
  const auto client = client_of(server->port());
  const auto talk = [&]() -> Async<HttpResponse> {
    auto slow = co_await connect_raw(server->port());
    co_await slow.write("GET /met");
    HttpRequest request{"GET", "/healthz"};
    co_return co_await client->send(std::move(request));
  };

  const auto reply = run(talk());

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->status, 200);
}

TEST_F(Listener, AnswersAProbeWhileSlowClientsHoldEveryPlace) {
  HttpServerOptions options = status_listener_options();
  options.read = std::chrono::hours(1);
  const auto server = listen_on("127.0.0.1:0", options);
  serve(*server, handler_of(site));
  const auto client = client_of(server->port());
  const auto talk = [&]() -> Async<HttpResponse> {
    std::vector<RawPeer> slow;
    for (std::size_t n = 0; n < 2 * options.max_connections; ++n) {
      slow.push_back(co_await connect_raw(server->port()));
      co_await slow.back().write("GET /metrics HTTP/1.1\r\nHost: a\r\n");
    }
    HttpRequest probe{"GET", "/healthz"};
    co_return co_await client->send(std::move(probe));
  };

  const auto reply = run(talk());

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->status, 200);
}

TEST_F(Listener, HasLimitsThatFitWhatItIsFor) {
  const HttpServerOptions options = status_listener_options();
  EXPECT_LE(options.max_connections, 64U);
  EXPECT_LE(options.read, std::chrono::seconds(10));
  EXPECT_GE(options.max_body_bytes, kMostWebhookBytes);
}

TEST_F(Listener, WarnsWhereOthersCanReachIt) {
  const auto open = listen_on("0.0.0.0:0");
  EXPECT_THAT(logged, HasSubstr("can be reached from other hosts, over plain HTTP"));
}

TEST_F(Listener, WarnsOfNothingOnLoopback) {
  for (const char* where : {"127.0.0.1:0", "localhost:0"}) {
    const auto server = listen_on(where);
    EXPECT_NE(server->port(), 0) << where;
  }
  EXPECT_THAT(logged, Not(HasSubstr("other hosts")));
}

TEST_F(Listener, SaysWhyItCannotListen) {
  const auto first = listen_on("127.0.0.1:0");
  const auto second =
      listen_for_status(executor(), "127.0.0.1:" + std::to_string(first->port()), {});
  ASSERT_FALSE(second);
  EXPECT_THAT(to_string(second.error()), HasSubstr("admin.listen"));

  for (const char* where : {"example.com:80", "127.0.0.1", ":80", "127.0.0.1:http"}) {
    const auto bad = listen_for_status(executor(), where, {});
    ASSERT_FALSE(bad) << where;
    EXPECT_EQ(bad.error().code, ErrorCode::invalid_config) << where;
  }
}

}  // namespace
}  // namespace authzd::test
