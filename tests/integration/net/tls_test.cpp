// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/net/net_fixture.hpp"

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

TEST_F(Tls, RefusesACaFileThatIsNone) {
  const HttpClientOptions options{{"https", "localhost", 443}, file("missing.pem")};

  const auto client = make_http_client(executor(), options);

  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::invalid_config);
  EXPECT_THAT(client.error().message, HasSubstr("missing.pem"));
}

}  // namespace
}  // namespace authzd::test
