// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/net/net_fixture.hpp"
#include "tests/integration/net/raw_peer.hpp"
#include "tests/support/no_descriptors.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using boost::asio::awaitable;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

awaitable<HttpReply> echo(HttpRequest request) {
  co_return text_reply(request.method + " " + request.target + " " + request.body);
}

HttpServerOptions patient() {
  HttpServerOptions options;
  options.read = std::chrono::hours(1);
  return options;
}

class Server : public NetTest {
 protected:
  /// The server's reply to `bytes` until it closes the connection.
  std::string answer_to(std::string bytes, HttpServerOptions options = patient()) {
    const auto server = listen(std::move(options));
    serve(*server, echo);
    const auto talk = [&]() -> Async<std::string> {
      auto peer = co_await connect_raw(server->port());
      co_await peer.write(bytes);
      co_return co_await peer.read_rest();
    };
    return *run(talk());
  }
};

TEST_F(Server, ServesOneRequestAfterTheOther) {
  const auto said = answer_to(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
      "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(said, HasSubstr("GET /1 HTTP/1.1 200 OK"));
  EXPECT_THAT(said, HasSubstr("POST /2 xHTTP/1.1 200 OK"));
  EXPECT_THAT(said, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(said, EndsWith("GET /3 "));
}

TEST_F(Server, ClosesAfterAnOldRequest) {
  EXPECT_THAT(answer_to("GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n"), EndsWith("GET /1 "));
}

TEST_F(Server, KeepsTheConnectionOfAnOldClientThatAsks) {
  const auto said =
      answer_to("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n");

  EXPECT_THAT(said, HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_THAT(said, EndsWith("GET /2 "));
}

TEST_F(Server, RefusesWithAReasonAndCloses) {
  HttpServerOptions options = patient();
  options.max_body_bytes = 10;
  options.max_header_bytes = 100;
  const std::string big(200, 'x');

  EXPECT_THAT(answer_to("nonsense\r\n\r\n", options), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer_to("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", options),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer_to("GET / HTTP/1.1\r\nHost: a\r\nA: " + big + "\r\n\r\n", options),
              StartsWith("HTTP/1.1 431 "));
}

TEST_F(Server, TellsWhoWaitsToGoOn) {
  const auto server = listen(patient());
  serve(*server, echo);
  const auto talk = [&]() -> Async<std::string> {
    auto peer = co_await connect_raw(server->port());
    co_await peer.write(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
        "Connection: close\r\n\r\n");
    auto said = co_await peer.read_head();
    co_await peer.write("ok");
    said += co_await peer.read_rest();
    co_return said;
  };

  const auto said = run(talk());

  EXPECT_THAT(*said, StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(*said, EndsWith("POST / ok"));
}

TEST_F(Server, EndsAConnectionOnWhichNothingComes) {
  HttpServerOptions options;
  options.read = std::chrono::milliseconds(20);

  EXPECT_EQ(answer_to("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx", options), "");
}

TEST_F(Server, ServesOthersWhileOneIsSlow) {
  const auto server = listen(patient());
  serve(*server, echo);
  const auto client = client_of(server->port());
  const auto talk = [&]() -> Async<HttpResponse> {
    auto slow = co_await connect_raw(server->port());
    co_await slow.write("GET / HT");
    co_return co_await client->send(get("/quick"));
  };

  EXPECT_TRUE(run(talk()));
}

TEST_F(Server, GivesNoHandlerHalfARequest) {
  const auto server = listen(patient());
  std::vector<std::string> seen;
  const auto note = [&](HttpRequest request) -> awaitable<HttpReply> {
    seen.push_back(request.target);
    co_return text_reply("");
  };
  serve(*server, note);
  const auto client = client_of(server->port());
  const auto talk = [&]() -> Async<HttpResponse> {
    auto half = co_await connect_raw(server->port());
    co_await half.write("POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx");
    co_await let_others_run();
    half.reset();
    co_return co_await client->send(get("/whole"));
  };

  ASSERT_TRUE(run(talk()));

  EXPECT_THAT(seen, ::testing::ElementsAre("/whole"));
}

TEST_F(Server, AnswersOneMoreWhileSlowClientsHoldEveryPlace) {
  HttpServerOptions options = patient();
  options.max_connections = 3;
  const auto server = listen(options);
  serve(*server, echo);
  const auto talk = [&]() -> Async<std::string> {
    auto silent = co_await connect_raw(server->port());
    auto in_header = co_await connect_raw(server->port());
    co_await in_header.write("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    auto in_body = co_await connect_raw(server->port());
    co_await in_body.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx");
    co_await let_others_run();
    auto probe = co_await connect_raw(server->port());
    co_await probe.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await probe.read_head();
    co_return co_await silent.read_rest() + "dropped";
  };

  const auto said = run(talk());

  EXPECT_EQ(*said, "dropped") << "the one that has held its place for longest";
}

TEST_F(Server, LetsTheNextInWhenTheOneAtWorkHasItsReply) {
  HttpServerOptions options = patient();
  options.max_connections = 1;
  const auto server = listen(options);
  boost::asio::steady_timer work(io, boost::asio::steady_timer::time_point::max());
  const auto hang_once = [&](HttpRequest request) -> awaitable<HttpReply> {
    if (request.target == "/slow") co_await work.async_wait(kTuple);
    co_return text_reply(request.target);
  };
  serve(*server, hang_once);
  const auto talk = [&]() -> Async<std::string> {
    auto first = co_await connect_raw(server->port());
    co_await first.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await let_others_run();
    auto second = co_await connect_raw(server->port());
    co_await second.write("GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    co_await let_others_run();
    work.cancel();
    auto said = co_await first.read_rest();
    said += co_await second.read_rest();
    co_return said;
  };

  const auto said = run(talk());

  EXPECT_THAT(*said, HasSubstr("/slowHTTP/1.1 200 OK"));
  EXPECT_THAT(*said, EndsWith("/next"));
}

TEST_F(Server, GivesARefusedClientNotMuchTimeToLeave) {
  HttpServerOptions options = patient();
  options.max_connections = 1;
  options.linger = std::chrono::milliseconds(20);
  const auto server = listen(options);
  serve(*server, echo);
  const auto client = client_of(server->port());
  const auto talk = [&]() -> Async<HttpResponse> {
    auto stays = co_await connect_raw(server->port());
    co_await stays.write("nonsense\r\n\r\n");
    co_return co_await client->send(get("/"));
  };

  EXPECT_TRUE(run(talk()));
}

TEST_F(Server, WaitsForItsSessionsWhenItIsCancelledAtItsLimit) {
  HttpServerOptions options = patient();
  options.max_connections = 1;
  const auto server = listen(options);
  bool began = false;
  bool ended = false;
  const auto hang = [&](HttpRequest) -> awaitable<HttpReply> {
    began = true;
    boost::asio::steady_timer never(io, boost::asio::steady_timer::time_point::max());
    co_await never.async_wait(kTuple);
    ended = true;
    co_return HttpReply();
  };
  Supervisor serving(executor(), Log());
  serving.start("server", server->serve(hang));
  const auto talk = [&]() -> Async<bool> {
    auto peer = co_await connect_raw(server->port());
    co_await peer.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    while (!began) co_await let_others_run();
    serving.stop();
    co_await serving.drained();
    co_return ended;
  };

  EXPECT_TRUE(*run(talk()));
  EXPECT_FALSE(serving.failed());
}

TEST_F(Server, AnswersWith500WhatCannotBeWrittenDown) {
  const auto server = listen(patient());
  const auto bad = [](HttpRequest) -> awaitable<HttpReply> {
    auto reply = text_reply("x");
    reply.response.headers = {{"A", "b\r\nC: d"}};
    co_return reply;
  };
  serve(*server, bad);
  const auto client = client_of(server->port());

  const auto reply = run(client->send(get("/")));

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->status, 500);
}

TEST_F(Server, WaitsForDescriptorsWithoutSpinning) {
  const auto server = listen(patient());
  serve(*server, echo);
  const auto talk = [&]() -> Async<std::string> {
    auto peer = co_await connect_raw(server->port());
    co_await peer.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    co_return co_await peer.read_head();
  };
  boost::asio::ip::tcp::socket waiting(io);
  waiting.connect({boost::asio::ip::address_v4::loopback(), server->port()});
  int turns = 0;
  {
    const NoDescriptors here;
    while (turns < 1000 && io.poll_one() > 0) ++turns;
  }

  EXPECT_LT(turns, 1000);
  EXPECT_THAT(*run(talk()), StartsWith("HTTP/1.1 200 OK"));
}

}  // namespace
}  // namespace authzd::test
