// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/trace.hpp"

#include "tests/unit/trace/traces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;

const std::string kHeader =
    R"({"format":"authzd-trace","version":1,"authzd":"0.1.0","begun":"2026-01-31T08:00:00Z","endpoint":"private"})";
const std::string kExchange =
    R"({"n":1,"at":"2026-01-31T08:00:00.500Z","ms":12,"to":"iam","request":{"method":"GET","path":"/v2/policies",)"
    R"("query":[["limit","100"]],"headers":[["Accept","application/json"]]},"reply":{"status":200,)"
    R"("headers":[["ETag","1-x"]],"body":{"b":1,"a":[]},"bytes":14}})";

TEST(Trace, IsReadAsItIsWritten) {
  const auto trace = read_trace(kHeader + "\n" + kExchange + "\n" + cut_line() + "\n");

  ASSERT_TRUE(trace) << to_string(trace.error());
  EXPECT_EQ(trace->header.endpoint, Endpoint::closed);
  EXPECT_TRUE(trace->was_cut);
  ASSERT_EQ(trace->exchanges.size(), 1U);
  const TraceExchange& exchange = trace->exchanges.front();
  EXPECT_EQ(exchange.took, std::chrono::milliseconds(12));
  EXPECT_EQ(exchange.query, (QueryPairs{{"limit", "100"}}));
  EXPECT_EQ(header_in(exchange.reply->headers, "etag"), "1-x");
  EXPECT_EQ(header_line(trace->header), kHeader);
  EXPECT_EQ(exchange_line(exchange, 1), kExchange);
}

TEST(Trace, KeepsEveryKindOfBody) {
  TraceExchange exchange = test::exchange("POST", "/identity/token", 502, "<html>");
  exchange.body.kind = TraceBody::Kind::form;
  exchange.body.form = {{"grant_type", "x y"}};
  exchange.reply->claims = TraceJson{{"iat", 1}};
  TraceExchange lost = test::exchange("GET", "/v2/policies", 200, "");
  lost.reply.reset();
  lost.error = "Timeout";
  lost.unknown = {"policies[].x (string)"};
  const std::string text =
      kHeader + "\n" + exchange_line(exchange, 1) + "\n" + exchange_line(lost, 2) + "\n";

  const auto trace = read_trace(text);

  ASSERT_TRUE(trace) << to_string(trace.error());
  EXPECT_EQ(exchange_line(trace->exchanges[0], 1), exchange_line(exchange, 1));
  EXPECT_EQ(exchange_line(trace->exchanges[1], 2), exchange_line(lost, 2));
}

struct Bad {
  std::string name;
  std::string text;
  std::string says;
};

class BadTrace : public testing::TestWithParam<Bad> {};

TEST_P(BadTrace, IsRefusedWithItsLine) {
  const auto trace = read_trace(GetParam().text);

  ASSERT_FALSE(trace);
  EXPECT_EQ(trace.error().code, ErrorCode::invalid_config);
  EXPECT_THAT(trace.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Traces,
    BadTrace,
    testing::Values(
        Bad{"empty", "", "the trace is empty"},
        Bad{"other", "{}\n", "line 1: this is no trace of authzd"},
        Bad{"text", "hello\n", "line 1: is no JSON object"},
        Bad{"version",
            R"({"format":"authzd-trace","version":2})",
            "line 1: the trace is of version 2"},
        Bad{"cut_line", kHeader + "\n" + kExchange.substr(0, 50), "line 2: is no JSON object"},
        Bad{"no_request",
            kHeader + "\n" + R"({"at":"2026-01-31T08:00:00Z","ms":1,"to":"iam"})",
            "line 2: \"request\" is missing"},
        Bad{"bad_peer",
            kHeader + "\n" + R"({"at":"2026-01-31T08:00:00Z","ms":1,"to":"me","request":{}})",
            "line 2: \"to\" is neither iam nor metadata"},
        Bad{"bad_time",
            kHeader + "\n" + R"({"at":"now","ms":1,"to":"iam","request":{}})",
            "line 2: \"at\" is no date of RFC 3339"},
        Bad{"negative",
            kHeader + "\n" + R"({"at":"2026-01-31T08:00:00Z","ms":-1,"to":"iam","request":{}})",
            "line 2: \"ms\" is missing, or no number"},
        Bad{"deep",
            kHeader + "\n" + std::string(100, '[') + std::string(100, ']'),
            "line 2: is nested too deep"},
        Bad{"behind_the_end",
            kHeader + "\n" + cut_line() + "\n" + kExchange,
            "line 3: more follows than the end"}),
    [](const auto& test) { return test.param.name; });

TEST(Trace, SaysWhatKindOfEndpointItIsOf) {
  EXPECT_EQ(endpoint_of("iam.cloud.ibm.com"), Endpoint::open);
  EXPECT_EQ(endpoint_of("private.iam.cloud.ibm.com"), Endpoint::closed);
  EXPECT_EQ(endpoint_of("private.us-east.iam.cloud.ibm.com"), Endpoint::closed);
  EXPECT_EQ(endpoint_of("127.0.0.1"), Endpoint::other);
  EXPECT_EQ(endpoint_of("iam.cloud.ibm.com.example"), Endpoint::other);
}

}  // namespace
}  // namespace authzd
