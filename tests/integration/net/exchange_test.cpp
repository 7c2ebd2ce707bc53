// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/net/net_fixture.hpp"

namespace authzd::test {
namespace {

class Exchange : public NetTest {};

boost::asio::awaitable<HttpReply> echo_back(HttpRequest request) {
  auto reply = text_reply(request.method + " " + request.target + " " + request.body);
  reply.response.headers = {
      {"Seen-Host", std::string(find_header(request.headers, "Host"))},
      {"Seen-Agent", std::string(find_header(request.headers, "User-Agent"))}};
  co_return reply;
}

boost::asio::awaitable<HttpReply> cut_before(HttpRequest) {
  auto reply = text_reply("never seen");
  reply.cut = HttpReply::Cut::before_reply;
  co_return reply;
}

boost::asio::awaitable<HttpReply> cut_in_body(HttpRequest) {
  auto reply = text_reply(std::string(1000, 'x'));
  reply.cut = HttpReply::Cut::in_body;
  co_return reply;
}

boost::asio::awaitable<HttpReply> fail(HttpRequest) {
  throw std::runtime_error("a bug");
  co_return HttpReply();
}

TEST_F(Exchange, CarriesMethodTargetAndBodyBothWays) {
  const auto server = listen();
  serve(*server, echo_back);
  const auto client = client_of(server->port());

  const auto reply = run(client->send({"POST", "/v2/policies?a=b", {}, "{\"type\":1}"}));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "POST /v2/policies?a=b {\"type\":1}");
}

TEST_F(Exchange, NamesHostAndUserAgent) {
  const auto server = listen();
  serve(*server, echo_back);
  const auto client = client_of(server->port());

  const auto reply = run(client->send(get("/")));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(find_header(reply->headers, "Seen-Host"),
            "127.0.0.1:" + std::to_string(server->port()));
  EXPECT_TRUE(find_header(reply->headers, "Seen-Agent").starts_with("authzd/"));
}

TEST_F(Exchange, SaysThatACutRequestMayHaveHappened) {
  const auto server = listen();
  serve(*server, cut_before);
  const auto client = client_of(server->port());

  const auto reply = run(client->send({"POST", "/", {}, "x"}));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(reply.error().detail.may_have_happened);
}

TEST_F(Exchange, RefusesAReplyThatIsCutInItsBody) {
  const auto server = listen();
  serve(*server, cut_in_body);
  const auto client = client_of(server->port());

  const auto reply = run(client->send(get("/")));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
}

TEST_F(Exchange, SaysThatNothingHappenedWhereNobodyListens) {
  const auto port = listen()->port();
  const auto client = client_of(port);

  const auto reply = run(client->send({"POST", "/", {}, "x"}));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(reply.error().detail.may_have_happened);
}

TEST_F(Exchange, AnswersAFailingHandlerWith500) {
  const auto server = listen();
  serve(*server, fail);
  const auto client = client_of(server->port());

  const auto reply = run(client->send(get("/")));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->status, 500);
}

TEST_F(Exchange, EndsAWaitForAReplyThatNeverComes) {
  const auto server = listen();
  boost::asio::steady_timer never(executor(), boost::asio::steady_timer::time_point::max());
  const auto hang = [&](HttpRequest) -> boost::asio::awaitable<HttpReply> {
    co_await never.async_wait(kTuple);
    co_return HttpReply();
  };
  serve(*server, hang);
  HttpClientOptions options;
  options.limits.read = std::chrono::milliseconds(20);
  const auto client = client_of(server->port(), options);

  const auto reply = run(client->send({"POST", "/", {}, "x"}));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::timeout);
  EXPECT_TRUE(reply.error().detail.may_have_happened);
}

TEST_F(Exchange, RefusesABodyOverTheLimit) {
  const auto server = listen();
  const auto large = [](HttpRequest) -> boost::asio::awaitable<HttpReply> {
    co_return text_reply(std::string(1001, 'x'));
  };
  serve(*server, large);
  HttpClientOptions options;
  options.limits.max_body = 1000;
  const auto client = client_of(server->port(), options);

  const auto reply = run(client->send(get("/")));

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::bad_response);
}

TEST_F(Exchange, RefusesPlainHttpToAnythingButLoopbackAndMetadata) {
  for (const std::string host : {"iam.cloud.ibm.com", "10.0.0.1", "localhost.example.com"}) {
    const HttpClientOptions options{{"http", host, 80}};
    const auto client = make_http_client(executor(), options);
    ASSERT_FALSE(client) << host;
    EXPECT_EQ(client.error().code, ErrorCode::invalid_config);
  }
  for (const std::string host : {"localhost", "127.8.8.8", "::1", "169.254.169.254"}) {
    const HttpClientOptions options{{"http", host, 80}};
    EXPECT_TRUE(make_http_client(executor(), options)) << host;
  }
}

}  // namespace
}  // namespace authzd::test
