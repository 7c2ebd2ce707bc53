// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr ParseLimits kSmall{1000, 100};

/// The reply in `bytes`, which arrive one at a time; `closed`: followed by the end.
Result<HttpResponse> read_reply(std::string_view bytes, bool to_head = false, bool closed = false) {
  ReplyParser parser(to_head ? ReplyTo::head : ReplyTo::other, kSmall);
  std::string input;
  for (const char byte : bytes) {
    input += byte;
    auto complete = parser.feed(input);
    if (!complete) return std::move(complete).error();
    if (*complete) return parser.take();
  }
  if (!closed) return Error{ErrorCode::internal, "not complete"};
  auto ended = parser.end();
  if (!ended) return std::move(ended).error();
  return parser.take();
}

ErrorCode refusal(std::string_view bytes, bool closed = false) {
  const auto reply = read_reply(bytes, false, closed);
  return reply ? ErrorCode::internal : reply.error().code;
}

/// The status with which a request is refused; 0 if it is not.
int refused_with(std::string input) {
  RequestParser parser(kSmall);
  const auto complete = parser.feed(input);
  return complete ? 0 : complete.error().detail.http_status;
}

TEST(ReplyParser, PassesOverInformationalReplies) {
  const auto reply = read_reply(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "ok");
  EXPECT_EQ(find_header(reply->headers, "Link"), "");
}

TEST(ReplyParser, ExpectsNoBodyWhereThereIsNone) {
  EXPECT_EQ(read_reply("HTTP/1.1 204 No Content\r\n\r\n")->status, 204);
  EXPECT_EQ(read_reply("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")->status, 304);
  EXPECT_EQ(read_reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true)->status, 200);
}

TEST(ReplyParser, JoinsChunks) {
  const auto reply = read_reply(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n");

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(reply->body, "abcde");
}

TEST(ReplyParser, TakesTheEndForTheLengthWhereNoneIsGiven) {
  EXPECT_EQ(read_reply("HTTP/1.1 200 OK\r\n\r\nabc", false, true)->body, "abc");
}

TEST(ReplyParser, NoticesAReplyThatIsCutShort) {
  EXPECT_EQ(refusal("", true), ErrorCode::unavailable);
  EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\nConte", true), ErrorCode::unavailable);
  EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true),
            ErrorCode::unavailable);
  EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", true),
            ErrorCode::unavailable);
}

TEST(ReplyParser, RefusesWhatIsNotHttpOrContradictsItself) {
  for (const auto* bytes : {"SSH-2.0-OpenSSH_9.2\r\n\r\n",
                            "HTTP/1.1 OK\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n"}) {
    EXPECT_EQ(refusal(bytes), ErrorCode::bad_response) << bytes;
  }
}

TEST(ReplyParser, HoldsToItsLimits) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string big(2000, 'x');

  EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\nA: " + big), ErrorCode::bad_response);
  EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"), ErrorCode::bad_response);
  EXPECT_EQ(refusal(chunked + "800\r\n" + big), ErrorCode::bad_response);
  EXPECT_EQ(refusal(chunked + "1;" + big), ErrorCode::bad_response);
  EXPECT_EQ(refusal(chunked + "0\r\nTrailer: " + big), ErrorCode::bad_response);
  EXPECT_EQ(refusal("HTTP/1.1 200 OK\r\n\r\n" + big), ErrorCode::bad_response);
}

TEST(ReplyParser, TakesALineBetweenChunksUpToItsLimitInWhateverPieces) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string longest = head + "1;" + std::string(998, 'a') + "\r\nx\r\n0\r\n\r\n";
  ReplyParser at_once(ReplyTo::other, kSmall);
  std::string input = longest;

  EXPECT_TRUE(at_once.feed(input).value());
  EXPECT_EQ(read_reply(longest)->body, "x");
  EXPECT_EQ(refusal(head + "1;" + std::string(999, 'a') + "\r\nx\r\n0\r\n\r\n"),
            ErrorCode::bad_response);
}

TEST(ReplyParser, LeavesWhatComesAfterTheReply) {
  ReplyParser parser(ReplyTo::other, kSmall);
  std::string input = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc";

  EXPECT_TRUE(*parser.feed(input));
  EXPECT_EQ(input, "bc");
}

TEST(RequestParser, SaysHowToRefuse) {
  const std::string big(2000, 'x');

  EXPECT_EQ(refused_with("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
  EXPECT_EQ(refused_with("nonsense\r\n\r\n"), 400);
  EXPECT_EQ(refused_with("GET /\r\n\r\n"), 400);
  EXPECT_EQ(refused_with("POST / HTTP/1.1\r\nContent-Length: 1\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            400);
  EXPECT_EQ(refused_with("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n"), 413);
  EXPECT_EQ(refused_with("GET / HTTP/1.1\r\nA: " + big + "\r\n\r\n"), 431);
}

TEST(RequestParser, AsksForTheBodyOnlyOfWhomWaits) {
  const auto asks = [](std::string input) {
    RequestParser parser(kSmall);
    EXPECT_FALSE(*parser.feed(input));
    return parser.wants_continue();
  };

  EXPECT_TRUE(
      asks("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_FALSE(asks("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_FALSE(asks("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"));
}

TEST(EncodeReply, CountsTheBodyItself) {
  HttpResponse response{200, {{"content-length", "7"}, {"Connection", "upgrade"}}, "abc"};
  const ReplyForm keep{.keep_alive = true};

  EXPECT_EQ(*encode_reply(response, keep), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_THAT(*encode_reply({303, {}, ""}, keep), HasSubstr("HTTP/1.1 303 See Other\r\n"));
}

TEST(EncodeReply, FitsTheRequest) {
  const HttpResponse response{200, {}, "abc"};
  const ReplyForm to_head{.to_head = true, .keep_alive = true};
  const ReplyForm old{.keep_alive = true, .http_1_0 = true};

  EXPECT_EQ(*encode_reply(response, to_head), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(*encode_reply(response, old), HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_THAT(*encode_reply(response, {}), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(*encode_reply({204, {}, "abc"}, {}), Not(HasSubstr("abc")));
}

TEST(Encode, LetsNoPartBreakOut) {
  EXPECT_FALSE(encode_request({"GET", "/ HTTP/1.1\r\nA: b", {}, ""}));
  EXPECT_FALSE(encode_request({"GET", "/", {{"A", "b\r\nC: d"}}, ""}));
  EXPECT_FALSE(encode_request({"GET", "/", {{"A: b\r\nC", "d"}}, ""}));
  EXPECT_FALSE(encode_reply({200, {{"A", "b\nC: d"}}, ""}, {}));
}

TEST(EncodeRequest, CountsTheBodyItself) {
  const auto bytes = encode_request({"POST", "/", {{"Content-Length", "7"}}, "abc"});

  EXPECT_EQ(*bytes, "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
}

}  // namespace
}  // namespace authzd
