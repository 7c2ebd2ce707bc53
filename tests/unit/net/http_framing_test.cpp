// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What RFC 9112 forbids is refused, and what it allows is read as specified: each case is one way
// to make two readers of the same bytes disagree about where a message ends or what it is.

#include "daemon/net/http_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace authzd {
namespace {

using ::testing::HasSubstr;

constexpr ParseLimits kSmallLimits{1000, 100};
constexpr std::string_view kHost = "Host: a\r\n";

struct Case {
  const char* name;
  std::string bytes;
};

std::ostream& operator<<(std::ostream& out, const Case& it) {
  return out << it.name;
}

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

std::string get(std::string_view headers) {
  return "GET / HTTP/1.1\r\n" + std::string(headers) + "\r\n";
}

std::string post(std::string_view headers, std::string_view body = "") {
  return "POST / HTTP/1.1\r\n" + std::string(kHost) + std::string(headers) + "\r\n" +
         std::string(body);
}

std::string chunks(std::string_view body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

std::string reply(std::string_view headers, std::string_view body = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

/// The request in bytes that arrive at once.
Result<HttpRequest> read_request(std::string bytes) {
  RequestParser parser(kSmallLimits);
  const auto complete = parser.feed(bytes);
  if (!complete) return complete.error();
  if (!*complete) return Error{ErrorCode::internal, "not complete"};
  return parser.take();
}

/// The status with which a request is refused, also if its bytes arrive one at a time; 0 if it is
/// accepted.
int refusal_of(const std::string& bytes) {
  const auto whole = read_request(bytes);
  const int at_once = whole ? 0 : whole.error().detail.http_status;
  RequestParser parser(kSmallLimits);
  std::string input;
  for (const char byte : bytes) {
    input += byte;
    const auto complete = parser.feed(input);
    if (!complete) {
      EXPECT_EQ(complete.error().detail.http_status, at_once);
      return complete.error().detail.http_status;
    }
  }
  EXPECT_EQ(at_once, 0) << "refused only where it comes at once";
  return at_once;
}

bool is_reply_refused(std::string bytes) {
  ReplyParser parser(ReplyTo::other, kSmallLimits);
  const auto complete = parser.feed(bytes);
  return !complete && complete.error().code == ErrorCode::bad_response;
}

class RefusedRequest : public ::testing::TestWithParam<Case> {};

TEST_P(RefusedRequest, IsAnsweredWith400) {
  EXPECT_EQ(refusal_of(GetParam().bytes), 400);
}

INSTANTIATE_TEST_SUITE_P(
    Framing,
    RefusedRequest,
    ::testing::Values(
        Case{"LengthAndCoding",
             post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        Case{"CodingAndLength",
             post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
        Case{"TwoLengths", post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab")},
        Case{"TheSameLengthTwice", post("Content-Length: 1\r\nContent-Length: 1\r\n", "a")},
        Case{"ListOfLengths", post("Content-Length: 1, 1\r\n", "a")},
        Case{"SignedLength", post("Content-Length: +1\r\n", "a")},
        Case{"NegativeLength", post("Content-Length: -1\r\n")},
        Case{"HexLength", post("Content-Length: 0x1\r\n", "a")},
        Case{"EmptyLength", post("Content-Length: \r\n")},
        Case{"OverflowingLength", post("Content-Length: 18446744073709551617\r\n", "a")},
        Case{"TwoCodings",
             post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        Case{"CodingInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Chunks,
    RefusedRequest,
    ::testing::Values(Case{"NoSize", chunks("\r\nabc\r\n0\r\n\r\n")},
                      Case{"SignedSize", chunks("+3\r\nabc\r\n0\r\n\r\n")},
                      Case{"PrefixedSize", chunks("0x3\r\nabc\r\n0\r\n\r\n")},
                      Case{"OverflowingSize", chunks("10000000000000003\r\nabc\r\n0\r\n\r\n")},
                      Case{"BlankBeforeSize", chunks(" 3\r\nabc\r\n0\r\n\r\n")},
                      Case{"BlankAfterSize", chunks("3 \r\nabc\r\n0\r\n\r\n")},
                      Case{"LongerThanItSays", chunks("2\r\nabc\r\n0\r\n\r\n")},
                      Case{"BareLineFeedAfterSize", chunks("3\nabc\r\n0\r\n\r\n")},
                      Case{"BareLineFeedAfterData", chunks("3\r\nabc\n0\r\n\r\n")},
                      Case{"EmptyExtension", chunks("3;\r\nabc\r\n0\r\n\r\n")},
                      Case{"ExtensionWithoutName", chunks("3;=a\r\nabc\r\n0\r\n\r\n")},
                      Case{"ExtensionWithLineFeed", chunks("3;a=\n\r\nabc\r\n0\r\n\r\n")},
                      Case{"ExtensionInOpenQuotes", chunks("3;a=\"b\r\nabc\r\n0\r\n\r\n")},
                      Case{"MalformedTrailer", chunks("0\r\nnot a field\r\n\r\n")},
                      Case{"FoldedTrailer", chunks("0\r\nA: b\r\n c\r\n\r\n")},
                      Case{"ExtensionsWithoutEnd", chunks([] {
                             std::string text;
                             for (int i = 0; i < 50; ++i)
                               text += "1;" + std::string(40, 'x') + "\r\na\r\n";
                             return text;
                           }())}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Head,
    RefusedRequest,
    ::testing::Values(Case{"NoHost", get("")},
                      Case{"TwoHosts", get("Host: a\r\nHost: b\r\n")},
                      Case{"TheSameHostTwice", get("Host: a\r\nhost: a\r\n")},
                      Case{"TwoHostsInHttp10", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
                      Case{"ListOfHosts", get("Host: a, b\r\n")},
                      Case{"HostWithPath", get("Host: a/b\r\n")},
                      Case{"HostWithUser", get("Host: u@a\r\n")},
                      Case{"FoldedField", get("Host: a\r\nA: b\r\n c\r\n")},
                      Case{"BlankBeforeTheFirstField", get(" A: b\r\nHost: a\r\n")},
                      Case{"BlankBeforeColon", get("Host: a\r\nContent-Length : 3\r\n")},
                      Case{"NoColon", get("Host: a\r\nA\r\n")},
                      Case{"NoName", get("Host: a\r\n: b\r\n")},
                      Case{"NulInValue", get(std::string("Host: a\r\nA: b") + '\0' + "c\r\n")},
                      Case{"BareLineFeed", "GET / HTTP/1.1\nHost: a\n\n"},
                      Case{"BareLineFeedInValue", get("Host: a\r\nA: b\nC: d\r\n")},
                      Case{"BareCarriageReturnInValue", get("Host: a\r\nA: b\rC: d\r\n")},
                      Case{"EmptyLineFirst", "\r\n" + get(kHost)},
                      Case{"TwoBlanksInTheFirstLine", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Case{"BlankAfterTheVersion", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
                      Case{"NoVersion", "GET /\r\n\r\n"},
                      Case{"Http09Version", "GET / HTTP/0.9\r\nHost: a\r\n\r\n"},
                      Case{"Http2Version", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
                      Case{"RelativeTarget", "GET status HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Case{"StarForGet", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Case{"TargetWithFragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Case{"TargetWithoutHost", "GET http:///status HTTP/1.1\r\nHost: a\r\n\r\n"},
                      Case{"TargetWithUser", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"}),
    name_of);

TEST(Request, IsRefusedWhereItsBodyIsCodedInAWayThatThisServerCannotRead) {
  for (const std::string_view coding : {"gzip",
                                        "gzip, chunked",
                                        "chunked, gzip",
                                        "identity",
                                        "chunked, chunked",
                                        "xchunked",
                                        "\"chunked\"",
                                        ""}) {
    const auto bytes = post("Transfer-Encoding: " + std::string(coding) + "\r\n", "0\r\n\r\n");
    EXPECT_EQ(refusal_of(bytes), 501) << coding;
  }
}

TEST(Request, IsRefusedWhereItTakesTheServerForAProxy) {
  EXPECT_EQ(refusal_of("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
}

TEST(Request, MayNameTheServerInItsTarget) {
  const auto target = [](std::string_view text) {
    const auto request =
        read_request("GET " + std::string(text) + " HTTP/1.1\r\nHost: other\r\n\r\n");
    return request ? request->target : request.error().message;
  };

  EXPECT_EQ(target("http://a:80/b?c=d"), "/b?c=d");
  EXPECT_EQ(target("HTTPS://[::1]:80/"), "/");
  EXPECT_EQ(target("http://a"), "/");
  EXPECT_EQ(target("http://a?b"), "/?b");
  EXPECT_EQ(target("/b?url=http://c/d"), "/b?url=http://c/d");
}

TEST(Request, IsReadAsItSays) {
  EXPECT_EQ(read_request(post("Content-Length: 3\r\n", "abc"))->body, "abc");
  EXPECT_EQ(read_request(chunks("3;a;b=c;d=\"e \\\" f\"\r\nabc\r\n02\r\nde\r\n0;z\r\n\r\n"))->body,
            "abcde");
  EXPECT_EQ(read_request(get("Host: [::1]:9464\r\n"))->method, "GET");
  EXPECT_EQ(read_request(get("Host: a.example:9464\r\n"))->method, "GET");
  EXPECT_EQ(read_request(get("Host:\r\n"))->method, "GET");
  EXPECT_EQ(read_request("GET / HTTP/1.0\r\n\r\n")->method, "GET");
  EXPECT_EQ(read_request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")->target, "*");
}

TEST(Request, KeepsItsTrailersOutOfItsHeaders) {
  const auto request = read_request(chunks("0\r\nAuthorization: x\r\nContent-Length: 7\r\n\r\n"));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(find_header(request->headers, "Authorization"), "");
  EXPECT_EQ(find_header(request->headers, "Content-Length"), "");
}

class RefusedReply : public ::testing::TestWithParam<Case> {};

TEST_P(RefusedReply, IsNoReply) {
  EXPECT_TRUE(is_reply_refused(GetParam().bytes));
}

INSTANTIATE_TEST_SUITE_P(
    Framing,
    RefusedReply,
    ::testing::Values(
        Case{"CodingThatIsNotChunked", reply("Transfer-Encoding: gzip\r\n", "abc")},
        Case{"CodingBesideChunked", reply("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
        Case{"LengthAndCoding",
             reply("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        Case{"TheSameLengthTwice", reply("Content-Length: 1\r\nContent-Length: 1\r\n", "a")},
        Case{"ListOfLengths", reply("Content-Length: 1, 1\r\n", "a")},
        Case{"CodingInHttp10", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Case{"FoldedField", reply("A: b\r\n Content-Length: 1\r\nContent-Length: 0\r\n")},
        Case{"BlankBeforeColon", reply("Content-Length : 3\r\n", "abc")},
        Case{"BareLineFeed", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"},
        Case{"OverflowingSize",
             reply("Transfer-Encoding: chunked\r\n", "10000000000000001\r\na\r\n0\r\n\r\n")},
        Case{"OddCodingWithoutABody", "HTTP/1.1 204 x\r\nTransfer-Encoding: gzip\r\n\r\n"},
        Case{"TwoLengthsWithoutABody",
             "HTTP/1.1 304 x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"},
        Case{"UnknownClassOfStatus", "HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n"},
        Case{"StatusOfTwoDigits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"},
        Case{"SwitchOfProtocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"},
        Case{"OtherProtocol", "SSH-2.0-OpenSSH_9.2\r\n"}),
    name_of);

TEST(Reply, KeepsItsTrailersOutOfItsHeaders) {
  ReplyParser parser(ReplyTo::other, kSmallLimits);
  std::string input = reply("Transfer-Encoding: chunked\r\n", "0\r\nETag: x\r\nDate: y\r\n\r\n");

  ASSERT_TRUE(*parser.feed(input));

  const auto taken = parser.take();
  EXPECT_EQ(find_header(taken.headers, "ETag"), "");
  EXPECT_EQ(find_header(taken.headers, "Date"), "");
}

TEST(Reply, SaysWhereOnlyTheEndOfTheConnectionEndsIt) {
  const auto read = [](std::string bytes) {
    ReplyParser parser(ReplyTo::other, kSmallLimits);
    const auto complete = parser.feed(bytes);
    if (complete && !*complete) {
      EXPECT_TRUE(parser.end());
    }
    return parser.take();
  };

  EXPECT_TRUE(read(reply("", "abc")).ended_by_close);
  EXPECT_FALSE(read(reply("Content-Length: 3\r\n", "abc")).ended_by_close);
}

TEST(Reply, WithoutABodyThatAnnouncesOneEndsTheConnection) {
  const auto keeps = [](std::string bytes) {
    ReplyParser parser(ReplyTo::other, kSmallLimits);
    EXPECT_TRUE(*parser.feed(bytes));
    return parser.keeps_alive();
  };

  EXPECT_TRUE(keeps("HTTP/1.1 204 No Content\r\n\r\n"));
  EXPECT_TRUE(keeps("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"));
}

TEST(Reply, ToConnectHasNoBody) {
  ReplyParser parser(ReplyTo::connect, kSmallLimits);
  std::string input = reply("Content-Length: 5\r\n", "bytes of the tunnel");

  EXPECT_TRUE(*parser.feed(input));
  EXPECT_EQ(input, "bytes of the tunnel");
}

}  // namespace
}  // namespace authzd
