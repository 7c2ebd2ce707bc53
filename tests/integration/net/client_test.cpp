// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/net/net_fixture.hpp"
#include "tests/integration/net/raw_peer.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using boost::asio::awaitable;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kHelloReply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

std::string file(const std::string& name) {
  return AUTHZD_CERTIFICATES "/" + name;
}

HttpRequest post(std::string target, std::string body = "x") {
  return {"POST", std::move(target), {}, std::move(body)};
}

/// Answers every request with a greeting. `peer` outlives this.
awaitable<void> greet(RawPeer& peer, int) {
  bool more = true;
  while (more) {
    const auto head = co_await peer.read_head();
    more = !head.empty() && co_await peer.write(kHelloReply);
  }
}

class Client : public NetTest {
 protected:
  /// The second of two exchanges, after the server has run `script` on the connection.
  Result<HttpResponse> second(HttpClient& client, const HttpRequest& request) {
    const auto both = [&]() -> Async<HttpResponse> {
      auto first = co_await client.send(get("/first"));
      if (!first) co_return first;
      co_await let_others_run();
      co_return co_await client.send(request);
    };
    return run(both());
  }

  RawServer server{executor(), servers, "127.0.0.1"};
};

TEST_F(Client, UsesAConnectionAgain) {
  server.play(greet);
  const auto client = client_of(server.port());

  const auto reply = second(*client, post("/"));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->body, "hello");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Client, UsesATlsConnectionAgain) {
  server.play(greet, *TlsContext::server(file("good.pem"), file("good.key")));
  HttpClientOptions options;
  options.origin.scheme = "https";
  options.ca_file = file("ca.pem");
  const auto client = client_of(server.port(), options);

  const auto reply = second(*client, post("/"));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Client, LeavesAConnectionThatWasIdleForTooLong) {
  server.play(greet);
  HttpClientOptions options;
  options.idle = std::chrono::milliseconds(0);
  const auto client = client_of(server.port(), options);

  ASSERT_TRUE(second(*client, post("/")));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Client, DoesNotUseAConnectionThatTheServerHasClosed) {
  const auto close_after_one = [](RawPeer& peer, int) -> awaitable<void> {
    co_await peer.read_head();
    co_await peer.write(kHelloReply);
  };
  server.play(close_after_one);
  const auto client = client_of(server.port());

  const auto reply = second(*client, post("/"));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(server.connections(), 2);
}

/// The first connection serves one request, and closes when the second arrives. `peer` outlives
/// this.
awaitable<void> close_at_second(RawPeer& peer, int nth) {
  co_await peer.read_head();
  co_await peer.write(kHelloReply);
  co_await peer.read_head();
  if (nth > 1) co_await peer.write(kHelloReply);
}

TEST_F(Client, RepeatsAReadOnAFreshConnectionWhereTheIdleOneWasClosed) {
  server.play(close_at_second);
  const auto client = client_of(server.port());

  const auto reply = second(*client, get("/"));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Client, DoesNotRepeatAWriteWhereTheIdleConnectionWasClosed) {
  server.play(close_at_second);
  const auto client = client_of(server.port());

  const auto reply = second(*client, post("/"));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(reply.error().detail.may_have_happened);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Client, ReadsTheAnswerOfAServerThatDoesNotWantTheWholeRequest) {
  const auto refuse = [](RawPeer& peer, int) -> awaitable<void> {
    co_await peer.read_head();
    co_await peer.write("HTTP/1.1 413 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  };
  server.play(refuse);
  const auto client = client_of(server.port());

  const auto reply = run(client->send(post("/", std::string(16U << 20U, 'x'))));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->status, 413);
}

TEST_F(Client, EndsAnExchangeThatDripsForever) {
  const auto drip = [](RawPeer& peer, int) -> awaitable<void> {
    co_await peer.read_head();
    co_await peer.write("HTTP/1.1 200 OK\r\n\r\n");
    bool there = true;
    while (there) there = co_await peer.write("x");
  };
  server.play(drip);
  HttpClientOptions options;
  options.limits.read = std::chrono::hours(1);
  options.limits.total = std::chrono::milliseconds(50);
  const auto client = client_of(server.port(), options);

  const auto reply = run(client->send(get("/")));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::timeout);
  EXPECT_THAT(reply.error().message, HasSubstr("the exchange with"));
}

TEST_F(Client, SpeaksToAnIpv6Address) {
  std::optional<RawServer> v6;
  try {
    v6.emplace(executor(), servers, "::1");
  } catch (const std::exception& error) {
    GTEST_SKIP() << "no IPv6 loopback here: " << error.what();
  }
  std::string head;
  const auto note = [&](RawPeer& peer, int) -> awaitable<void> {
    head = co_await peer.read_head();
    co_await peer.write(kHelloReply);
  };
  v6->play(note);
  HttpClientOptions options;
  options.origin.host = "::1";
  const auto client = client_of(v6->port(), options);

  const auto reply = run(client->send(get("/")));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_THAT(head, HasSubstr("Host: [::1]:" + std::to_string(v6->port()) + "\r\n"));
}

TEST_F(Client, TriesEveryAddressOfAName) {
  server.play(greet);
  HttpClientOptions options;
  options.origin.host = "localhost";  // ::1 too, on most systems, without a listener there
  const auto client = client_of(server.port(), options);

  const auto reply = run(client->send(get("/")));

  ASSERT_TRUE(reply) << to_string(reply.error());
}

TEST_F(Client, LetsTheFirstWhoWaitsGoFirst) {
  std::vector<std::string> seen;
  const auto note = [&](RawPeer& peer, int) -> awaitable<void> {
    while (true) {
      const auto head = co_await peer.read_head();
      if (head.empty()) co_return;
      seen.push_back(head.substr(4, 2));
      co_await let_others_run();
      co_await peer.write(kHelloReply);
    }
  };
  server.play(note);
  HttpClientOptions options;
  options.concurrency = 1;
  const auto client = client_of(server.port(), options);
  const auto send = [&](std::string target) -> awaitable<void> {
    const auto reply = co_await client->send(get(target));
    EXPECT_TRUE(reply);
  };

  for (const auto* target : {"/1", "/2", "/3"}) servers.start(target, send(target));
  ASSERT_TRUE(run(client->send(get("/4"))));

  EXPECT_THAT(seen, ElementsAre("/1", "/2", "/3", "/4"));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Client, OpensNoMoreConnectionsThanItMay) {
  int now = 0;
  int most = 0;
  const auto count = [&](HttpRequest) -> awaitable<HttpReply> {
    most = std::max(most, ++now);
    while (most < 2) co_await let_others_run();
    co_await let_others_run();
    --now;
    co_return text_reply("done");
  };
  const auto real = listen();
  serve(*real, count);
  HttpClientOptions options;
  options.concurrency = 2;
  const auto client = client_of(real->port(), options);
  int done = 0;
  const auto send = [&]() -> awaitable<void> {
    const auto reply = co_await client->send(get("/"));
    EXPECT_TRUE(reply);
    ++done;
  };
  const auto all = [&]() -> Async<bool> {
    for (int i = 0; i < 6; ++i) servers.start("sender", send());
    while (done < 6) co_await let_others_run();
    co_return true;
  };

  ASSERT_TRUE(run(all()));

  EXPECT_EQ(most, 2);
}

}  // namespace
}  // namespace authzd::test
