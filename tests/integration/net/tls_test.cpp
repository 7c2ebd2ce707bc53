// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/net/net_fixture.hpp"
#include "tests/integration/net/raw_peer.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using ::testing::HasSubstr;

std::string file(const std::string& name) {
  return AUTHZD_CERTIFICATES "/" + name;
}

boost::asio::awaitable<HttpReply> greet(HttpRequest) {
  co_return text_reply("hello");
}

class Tls : public NetTest {
 protected:
  /// One GET to a server that shows the certificate `shown`, by a client that trusts `trusted`.
  Result<HttpResponse> exchange(const std::string& shown,
                                const std::string& trusted,
                                const std::string& host = "127.0.0.1") {
    HttpServerOptions server_options;
    server_options.certificate_file = file(shown + ".pem");
    server_options.key_file = file(shown + ".key");
    const auto server = listen(server_options);
    serve(*server, greet);
    HttpClientOptions options;
    options.origin = {"https", host, server->port()};
    options.ca_file = trusted.empty() ? "" : file(trusted + ".pem");
    const auto client = client_of(server->port(), options);
    return run(client->send({"POST", "/", {}, "x"}));
  }

  /// The refusal's text; that the request never went out is seen on the way.
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
  serve(*server, greet);
  HttpClientOptions options;
  options.origin.scheme = "https";
  const auto client = client_of(server->port(), options);

  const auto reply = run(client->send(get("/")));

  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().message, HasSubstr("does not speak TLS"));
}

/// What a client makes of `said` where the TLS connection then ends; `orderly`: with close_notify.
class TlsEnd : public Tls {
 protected:
  Result<HttpResponse> reply_to(const std::string& said, bool orderly) {
    RawServer server(executor(), servers, "127.0.0.1");
    const auto say = [&](RawPeer& peer, int) -> boost::asio::awaitable<void> {
      co_await peer.read_head();
      co_await peer.write(said);
      if (orderly) co_await peer.finish();
    };
    server.play(say, *TlsContext::server(file("good.pem"), file("good.key")));
    HttpClientOptions options;
    options.origin.scheme = "https";
    options.ca_file = file("ca.pem");
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
  // The alert "protocol_version" of a server that speaks TLS 1.1 at most.
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
  const HttpClientOptions options{{"https", "localhost", 443}, file("missing.pem")};

  const auto client = make_http_client(executor(), options);

  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::invalid_config);
  EXPECT_THAT(client.error().message, HasSubstr("missing.pem"));
}

}  // namespace
}  // namespace authzd::test
