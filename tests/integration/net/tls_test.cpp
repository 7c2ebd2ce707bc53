// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/net/net_fixture.hpp"
#include "tests/integration/net/raw_peer.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace authzd::test {
namespace {

using ::testing::HasSubstr;

std::string tls_file(const std::string& name) {
  return AUTHZD_CERTIFICATES "/" + name;
}

boost::asio::awaitable<HttpReply> greet_over_tls(HttpRequest) {
  co_return text_reply("hello");
}

class Tls : public NetTest {
 protected:
  /// One GET to a server with the certificate `shown`, by a client that trusts `trusted`.
  Result<HttpResponse> exchange(const std::string& shown,
                                const std::string& trusted,
                                const std::string& host = "127.0.0.1") {
    HttpServerOptions server_options;
    server_options.certificate_file = tls_file(shown + ".pem");
    server_options.key_file = tls_file(shown + ".key");
    const auto server = listen(server_options);
    serve(*server, greet_over_tls);
    HttpClientOptions options;
    options.origin = {"https", host, server->port()};
    options.ca_file = trusted.empty() ? "" : tls_file(trusted + ".pem");
    const auto client = client_of(server->port(), options);
    return run(client->send({"POST", "/", {}, "x"}));
  }

  Result<HttpResponse> exchange_over(const char* suites);

  /// The refusal's text; also checks that the request was never sent.
  std::string refusal(const std::string& shown, const std::string& trusted) {
    const auto reply = exchange(shown, trusted);
    if (reply) return "not refused";
    EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
    EXPECT_FALSE(reply.error().detail.may_have_happened);
    return reply.error().message;
  }
};

TEST_F(Tls, TalksToAServerThatItsCaVouchesFor) {
  const auto reply = exchange("good", "ca");

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->body, "hello");
}

TEST_F(Tls, FindsTheServerByName) {
  const auto reply = exchange("good", "ca", "localhost");

  ASSERT_TRUE(reply) << to_string(reply.error());
}

TEST_F(Tls, NamesWhomAWrongCertificateIsFor) {
  EXPECT_THAT(refusal("other", "ca"),
              HasSubstr("its certificate is for elsewhere.example, not for 127.0.0.1"));
}

TEST_F(Tls, RefusesACertificateThatNamesItsHostInTheCommonNameOnly) {
  const auto reply = exchange("nosan", "ca", "localhost");

  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().message, HasSubstr("no subjectAltName"));
}

/// One GET to a server with TLS 1.2, an RSA key and these suites.
Result<HttpResponse> Tls::exchange_over(const char* suites) {
  namespace ssl = boost::asio::ssl;
  ssl::context context(ssl::context::tls_server);
  ::SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_2_VERSION);
  ::SSL_CTX_set_cipher_list(context.native_handle(), suites);
  context.use_certificate_chain_file(tls_file("rsa.pem"));
  context.use_private_key_file(tls_file("rsa.key"), ssl::context::pem);
  boost::asio::ip::tcp::acceptor acceptor(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
  const auto answer = [&]() -> boost::asio::awaitable<void> {
    ssl::stream<boost::asio::ip::tcp::socket> stream(io, context);
    co_await acceptor.async_accept(stream.next_layer(), kTuple);
    const auto [refused] = co_await stream.async_handshake(ssl::stream_base::server, kTuple);
    if (refused) co_return;
    const std::string reply = "HTTP/1.1 204 No Content\r\n\r\n";
    co_await boost::asio::async_write(stream, boost::asio::buffer(reply), kTuple);
  };
  servers.start("tls server", answer());
  HttpClientOptions options;
  options.origin.scheme = "https";
  options.ca_file = tls_file("ca.pem");
  const auto client = client_of(acceptor.local_endpoint().port(), options);
  return run(client->send(get("/")));
}

TEST_F(Tls, TakesSuitesWithForwardSecrecyAndNoOthers) {
  const auto good = exchange_over("ECDHE-RSA-AES256-GCM-SHA384");
  ASSERT_TRUE(good) << to_string(good.error());

  for (const char* weak : {"AES256-GCM-SHA384", "AES128-GCM-SHA256"}) {
    const auto reply = exchange_over(weak);
    ASSERT_FALSE(reply) << weak;
    EXPECT_THAT(reply.error().message, HasSubstr("forward secrecy")) << weak;
  }
}

/// Two records that reach the client together: TCP sends what it has collected at once. `stream`
/// belongs to the caller.
boost::asio::awaitable<void> write_together(
    boost::asio::ssl::stream<boost::asio::ip::tcp::socket>& stream,
    std::string first,
    std::string second) {
  const auto hold = [&stream](int on) {
    ::setsockopt(stream.next_layer().native_handle(), IPPROTO_TCP, TCP_CORK, &on, sizeof on);
  };
  hold(1);
  co_await boost::asio::async_write(stream, boost::asio::buffer(first), kTuple);
  co_await boost::asio::async_write(stream, boost::asio::buffer(second), kTuple);
  hold(0);
}

TEST_F(Tls, TakesNoUnaskedReplyForTheOneToItsNextRequest) {
  namespace ssl = boost::asio::ssl;
  ssl::context context(ssl::context::tls_server);
  context.use_certificate_chain_file(tls_file("good.pem"));
  context.use_private_key_file(tls_file("good.key"), ssl::context::pem);
  boost::asio::ip::tcp::acceptor acceptor(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  const auto answer = [&](std::string reply, std::string more) -> boost::asio::awaitable<void> {
    ssl::stream<boost::asio::ip::tcp::socket> stream(io, context);
    co_await acceptor.async_accept(stream.next_layer(), kTuple);
    co_await stream.async_handshake(ssl::stream_base::server, kTuple);
    std::string request;
    co_await boost::asio::async_read_until(
        stream, boost::asio::dynamic_buffer(request), "\r\n\r\n", kTuple);
    co_await write_together(stream, std::move(reply), std::move(more));
    co_await boost::asio::async_read(stream, boost::asio::dynamic_buffer(request), kTuple);
  };
  servers.start("first connection", answer(head + "first", head + "stale"));
  servers.start("second connection", answer(head + "fresh", ""));
  HttpClientOptions options;
  options.origin.scheme = "https";
  options.ca_file = tls_file("ca.pem");
  const auto client = client_of(acceptor.local_endpoint().port(), options);
  const auto ask_twice = [&]() -> Async<HttpResponse> {
    const auto first = co_await client->send(get("/1"));
    if (!first || first->body != "first") co_return Error{ErrorCode::internal, "no first reply"};
    co_return co_await client->send(get("/2"));
  };

  const auto reply = run(ask_twice());

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->body, "fresh");
}

TEST_F(Tls, SaysThatACertificateHasExpired) {
  EXPECT_THAT(refusal("expired", "ca"), HasSubstr("its certificate has expired"));
}

TEST_F(Tls, SaysWhereToTrustAPrivateCa) {
  EXPECT_THAT(refusal("good", "stranger"),
              HasSubstr("unknown CA (to trust a private one, set iam.caFile)"));
  EXPECT_THAT(refusal("good", ""), HasSubstr("iam.caFile"));
}

TEST_F(Tls, RefusesASelfSignedCertificate) {
  EXPECT_THAT(refusal("selfsigned", "ca"), HasSubstr("self-signed"));
}

TEST_F(Tls, SaysThatAServerDoesNotSpeakTls) {
  const auto server = listen();
  serve(*server, greet_over_tls);
  HttpClientOptions options;
  options.origin.scheme = "https";
  const auto client = client_of(server->port(), options);

  const auto reply = run(client->send(get("/")));

  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().message, HasSubstr("does not speak TLS"));
}

/// The result when the server sends `said` and TLS then ends; `orderly`: with close_notify.
class TlsEnd : public Tls {
 protected:
  Result<HttpResponse> reply_to(const std::string& said, bool orderly) {
    RawServer server(executor(), servers, "127.0.0.1");
    const auto say = [&](RawPeer& peer, int) -> boost::asio::awaitable<void> {
      co_await peer.read_head();
      co_await peer.write(said);
      if (orderly) co_await peer.finish();
    };
    server.play(say, *TlsContext::server(tls_file("good.pem"), tls_file("good.key")));
    HttpClientOptions options;
    options.origin.scheme = "https";
    options.ca_file = tls_file("ca.pem");
    const auto client = client_of(server.port(), options);
    return run(client->send(get("/")));
  }
};

TEST_F(TlsEnd, IsTheLengthOfABodyWhereItIsOrderly) {
  const auto reply = reply_to("HTTP/1.1 200 OK\r\n\r\nhello", true);

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->body, "hello");
}

TEST_F(TlsEnd, CutsABodyWhereItIsNotOrderly) {
  const auto reply = reply_to("HTTP/1.1 200 OK\r\n\r\nhello", false);

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
}

TEST_F(TlsEnd, DoesNotMatterWhereTheLengthIsKnown) {
  EXPECT_TRUE(reply_to("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false));
}

TEST_F(Tls, SaysThatAServerIsTooOld) {
  // The alert "protocol_version" of a server that has TLS 1.1 at most.
  const std::string alert("\x15\x03\x02\x00\x02\x02\x46", 7);
  RawServer server(executor(), servers, "127.0.0.1");
  const auto refuse = [&](RawPeer& peer, int) -> boost::asio::awaitable<void> {
    co_await peer.write(alert);
    co_await peer.read_rest();
  };
  server.play(refuse);
  HttpClientOptions options;
  options.origin.scheme = "https";
  const auto client = client_of(server.port(), options);

  const auto reply = run(client->send(get("/")));

  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().message, HasSubstr("does not offer TLS 1.2 or later"));
}

TEST_F(Tls, RefusesACaFileThatIsNone) {
  const HttpClientOptions options{{"https", "localhost", 443}, tls_file("missing.pem")};

  const auto client = make_http_client(executor(), options);

  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::invalid_config);
  EXPECT_THAT(client.error().message, HasSubstr("missing.pem"));
}

}  // namespace
}  // namespace authzd::test
