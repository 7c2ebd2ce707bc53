// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A client, a proxy and a server. Only the proxy knows where "iam.test" is.
#include "tests/integration/net/net_fixture.hpp"
#include "tests/integration/net/raw_peer.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using boost::asio::awaitable;
using boost::asio::experimental::awaitable_operators::operator&&;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string proxy_file(const std::string& name) {
  return AUTHZD_CERTIFICATES "/" + name;
}

awaitable<void> copy(RawPeer& from, RawPeer& to) {  // coroutine-ref: the script's
  while (true) {
    std::string part = co_await from.read_part();
    if (part.empty()) co_return co_await to.finish();
    if (!co_await to.write(std::move(part))) co_return;
  }
}

class ProxyTest : public NetTest {
 protected:
  /// A client of https://iam.test:<port>, by a proxy on loopback.
  std::unique_ptr<HttpClient> client_through(std::uint16_t proxy_port,
                                             std::uint16_t port,
                                             const std::string& credentials = "") {
    HttpClientOptions options;
    options.origin = {"https", "iam.test", port};
    options.ca_file = proxy_file("ca.pem");
    options.limits.handshake = handshake;
    const std::string url = "http://" + credentials + "127.0.0.1:" + std::to_string(proxy_port);
    options.proxies = *ProxySettings::parse(url, "");
    return client_of(port, options);
  }

  /// One GET through a working proxy to a server with that certificate.
  Result<HttpResponse> exchange(const std::string& certificate, const std::string& credentials) {
    HttpServerOptions server_options;
    server_options.certificate_file = proxy_file(certificate + ".pem");
    server_options.key_file = proxy_file(certificate + ".key");
    const auto server = listen(server_options);
    const auto greet = [](HttpRequest) -> awaitable<HttpReply> { co_return text_reply("hello"); };
    serve(*server, greet);
    RawServer proxy(executor(), servers, "127.0.0.1");
    const auto lead_on = [&](RawPeer& peer, int) -> awaitable<void> {
      head = co_await peer.read_head();
      RawPeer there = co_await connect_raw(server->port());
      co_await peer.write("HTTP/1.1 200 Connection established\r\nContent-Length: 7\r\n\r\n");
      co_await (copy(there, peer) && copy(peer, there));
    };
    proxy.play(lead_on);
    const auto client = client_through(proxy.port(), server->port(), credentials);
    return run(client->send(get("/")));
  }

  /// The client's error when a proxy answers CONNECT with `said`, and then closes.
  Error refusal(const std::string& said, const std::string& credentials = "") {
    RawServer proxy(executor(), servers, "127.0.0.1");
    const auto say = [&](RawPeer& peer, int) -> awaitable<void> {
      head = co_await peer.read_head();
      co_await peer.write(said);
      co_await peer.finish();
    };
    proxy.play(say);
    const auto client = client_through(proxy.port(), 443, credentials);
    const auto reply = run(client->send({"POST", "/", {}, "x"}));
    if (reply) return Error{ErrorCode::internal, "not refused"};
    EXPECT_FALSE(reply.error().detail.may_have_happened) << "nothing was sent through a tunnel";
    return reply.error();
  }

  std::string head;  // of the last CONNECT at the proxy
  std::chrono::milliseconds handshake{10'000};
};

TEST_F(ProxyTest, LeadsToAServerThatOnlyTheProxyCanFind) {
  const auto reply = exchange("named", "");

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->body, "hello");
  EXPECT_THAT(head, StartsWith("CONNECT iam.test:"));
  EXPECT_THAT(head, AllOf(HasSubstr("\r\nHost: iam.test:"), HasSubstr("\r\nUser-Agent: authzd/")));
  EXPECT_THAT(head, Not(HasSubstr("Authorization")));
}

TEST_F(ProxyTest, IsToldUserAndPassword) {
  ASSERT_TRUE(exchange("named", "user:pass@"));

  EXPECT_THAT(head, HasSubstr("\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n"));
}

TEST_F(ProxyTest, CannotStandInForTheServer) {
  const auto reply = exchange("other", "");

  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().message, HasSubstr("for elsewhere.example, not for iam.test"));
}

TEST_F(ProxyTest, ThatWantsCredentialsIsToldApart) {
  const std::string said =
      "HTTP/1.1 407 Proxy Authentication Required\r\n"
      "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 3\r\n\r\nno!";

  const Error without = refusal(said);
  const Error with = refusal(said, "user:s3cret@");

  EXPECT_EQ(without.code, ErrorCode::unavailable) << "a token is not at fault";
  EXPECT_THAT(without.message, HasSubstr("put them into HTTPS_PROXY: http://user:password@host"));
  EXPECT_THAT(with.message, HasSubstr("refuses the user and password in HTTPS_PROXY (HTTP 407)"));
  EXPECT_THAT(with.message, Not(HasSubstr("s3cret")));
}

TEST_F(ProxyTest, ThatForbidsTheHostSaysSo) {
  const Error error = refusal("HTTP/1.1 403 Filtered\r\nContent-Length: 0\r\n\r\n");

  EXPECT_THAT(error.message,
              AllOf(HasSubstr("does not lead to iam.test:443 (HTTP 403)"), HasSubstr("NO_PROXY")));
}

TEST_F(ProxyTest, ThatCannotReachTheHostSaysSo) {
  const Error error = refusal("HTTP/1.0 502 Bad Gateway\r\n\r\n<html>");

  EXPECT_THAT(error.message, HasSubstr("(HTTP 502): it cannot reach it either"));
}

TEST_F(ProxyTest, ThatTalksNonsenseIsAnError) {
  EXPECT_EQ(refusal("SSH-2.0-OpenSSH_9.2\r\n").code, ErrorCode::bad_response);
  EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\n\r\nmore").code, ErrorCode::bad_response);
  EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x')).code,
            ErrorCode::bad_response);
  const Error cut = refusal("HTTP/1.1 200 O");
  EXPECT_EQ(cut.code, ErrorCode::unavailable);
  EXPECT_THAT(cut.message, StartsWith("the proxy 127.0.0.1:"));
  EXPECT_EQ(refusal("").code, ErrorCode::unavailable);
}

TEST_F(ProxyTest, ThatIsNotThereIsNamed) {
  std::uint16_t port = 0;
  {
    RawServer gone(executor(), servers, "127.0.0.1");
    port = gone.port();
  }
  const auto client = client_through(port, 443, "user:s3cret@");

  const auto reply = run(client->send(get("/")));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  EXPECT_THAT(reply.error().message,
              AllOf(HasSubstr("the proxy 127.0.0.1:"), HasSubstr("(HTTPS_PROXY)")));
  EXPECT_THAT(reply.error().message, Not(HasSubstr("s3cret")));
}

TEST_F(ProxyTest, ThatSaysNothingRunsIntoTheLimit) {
  RawServer proxy(executor(), servers, "127.0.0.1");
  const auto listen_only = [&](RawPeer& peer, int) -> awaitable<void> {
    co_await peer.read_rest();
  };
  proxy.play(listen_only);
  handshake = std::chrono::milliseconds(20);
  const auto client = client_through(proxy.port(), 443);

  const auto reply = run(client->send(get("/")));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::timeout);
  EXPECT_THAT(reply.error().message, HasSubstr("waiting for a tunnel through the proxy 127.0.0.1"));
}

TEST_F(ProxyTest, IsNotAskedForLoopback) {
  RawServer proxy(executor(), servers, "127.0.0.1");
  const auto close = [](RawPeer&, int) -> awaitable<void> { co_return; };
  proxy.play(close);
  const auto server = listen();
  const auto greet = [](HttpRequest) -> awaitable<HttpReply> { co_return text_reply("hello"); };
  serve(*server, greet);
  HttpClientOptions options;
  options.proxies = *ProxySettings::parse("http://127.0.0.1:" + std::to_string(proxy.port()), "");
  const auto client = client_of(server->port(), options);

  EXPECT_TRUE(run(client->send(get("/"))));
  EXPECT_EQ(proxy.connections(), 0);
}

}  // namespace
}  // namespace authzd::test
