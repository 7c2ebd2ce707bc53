// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A send that is cancelled in each of its phases: it ends, and the client's only connection is
// available to the next one.
#include "tests/integration/net/net_fixture.hpp"
#include "tests/integration/net/raw_peer.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace authzd::test {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;

const std::string kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

class CancelledSend : public NetTest {
 protected:
  std::unique_ptr<HttpClient> narrow_client(std::uint16_t port, std::string scheme = "http") {
    HttpClientOptions options;
    options.origin.scheme = std::move(scheme);
    options.ca_file = options.origin.scheme == "https" ? AUTHZD_CERTIFICATES "/ca.pem" : "";
    options.concurrency = 1;
    return client_of(port, options);
  }

  /// Starts a send that never ends by itself. `client` outlives it.
  void start_send(HttpClient& client, std::size_t body_size) {
    const auto send = [](HttpClient& to, std::string body) -> awaitable<void> {  // `to` outlives it
      HttpRequest request{"POST", "/cancelled", {}, std::move(body)};
      const auto reply = co_await to.send(std::move(request));
      EXPECT_FALSE(reply);
    };
    sends.start("send", send(client, std::string(body_size, 'x')));
  }

  /// Cancels the send once `reached` is true, and sends again. `client` and `reached` outlive it.
  Async<HttpResponse> cancel_and_send_again(HttpClient& client, const bool& reached) {
    while (!reached) co_await let_others_run();
    co_await let_others_run();
    sends.stop();
    co_await sends.drained();
    co_return co_await client.send(get("/again"));
  }

  RawServer server{executor(), servers, "127.0.0.1"};
  Supervisor sends{executor(), Log()};
};

TEST_F(CancelledSend, LeavesTheQueue) {
  bool answering = false;
  const auto slow = [&](RawPeer& peer, int) -> awaitable<void> {
    co_await peer.read_head();
    answering = true;
    for (int i = 0; i < 10; ++i) co_await let_others_run();
    co_await peer.write(kHello);
    co_await peer.read_head();
    co_await peer.write(kHello);
  };
  server.play(slow);
  const auto client = narrow_client(server.port());
  const auto first = [&]() -> awaitable<void> {
    const auto reply = co_await client->send(get("/first"));
    EXPECT_TRUE(reply);
  };

  servers.start("first", first());
  start_send(*client, 1);
  const auto reply = run(cancel_and_send_again(*client, answering));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(CancelledSend, WhileItConnects) {
  tcp::acceptor full(io, tcp::v4());
  full.bind({boost::asio::ip::address_v4::loopback(), 0});
  full.listen(0);
  const auto port = full.local_endpoint().port();
  std::vector<tcp::socket> crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.emplace_back(io);
    crowd.back().async_connect(full.local_endpoint(), [](const boost::system::error_code&) {});
  }
  const auto client = narrow_client(port);
  const auto make_room = [&]() -> Async<HttpResponse> {
    co_await let_others_run();
    start_send(*client, 1);
    co_await let_others_run();
    sends.stop();
    co_await sends.drained();
    crowd.clear();
    full.close();
    co_return co_await client->send(get("/again"));
  };

  const auto reply = run(make_room());

  ASSERT_FALSE(reply);  // it has no server any more; only its turn matters
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(reply.error().detail.may_have_happened);
}

TEST_F(CancelledSend, WhileItShakesHands) {
  bool greeted = false;
  const auto hang_up_later = [&](RawPeer& peer, int nth) -> awaitable<void> {
    greeted = true;
    if (nth == 1) co_await peer.read_rest();
  };
  server.play(hang_up_later);
  const auto client = narrow_client(server.port(), "https");

  start_send(*client, 1);
  const auto reply = run(cancel_and_send_again(*client, greeted));

  ASSERT_FALSE(reply);  // the second server closes at once
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(CancelledSend, WhileItWrites) {
  bool connected = false;
  boost::asio::steady_timer never(io, boost::asio::steady_timer::time_point::max());
  const auto read_nothing = [&](RawPeer& peer, int nth) -> awaitable<void> {
    connected = true;
    if (nth == 1) co_await never.async_wait(kTuple);
    if (nth > 1) co_await peer.read_head();
    co_await peer.write(kHello);
  };
  server.play(read_nothing);
  const auto client = narrow_client(server.port());

  start_send(*client, 64U << 20U);
  const auto reply = run(cancel_and_send_again(*client, connected));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(CancelledSend, WhileItReads) {
  bool asked = false;
  const auto answer_half = [&](RawPeer& peer, int nth) -> awaitable<void> {
    co_await peer.read_head();
    const auto size = kHello.size() - (nth == 1 ? 1 : 0);
    co_await peer.write(kHello.substr(0, size));
    asked = true;
    co_await peer.read_rest();
  };
  server.play(answer_half);
  const auto client = narrow_client(server.port());

  start_send(*client, 1);
  const auto reply = run(cancel_and_send_again(*client, asked));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace authzd::test
