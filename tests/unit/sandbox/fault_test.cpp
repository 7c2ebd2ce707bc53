// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Scripted faults (design §12).
#include "tests/unit/sandbox/bench.hpp"

#include <gtest/gtest.h>

namespace authzd::sandbox {
namespace {

void inject(Bench& bench, Fault fault) {
  ASSERT_TRUE(bench.service.inject(std::move(fault)));
}

TEST(SandboxFault, AnswersInIamsShapeAsOftenAsAsked) {
  Bench bench;
  Fault fault;
  fault.method = "GET";
  fault.path = "/v2/policies";
  fault.status = 429;
  fault.headers = {{"Retry-After", "7"}};
  fault.skip = 1;
  inject(bench, fault);
  const std::string target = "/v2/policies?account_id=" + kAccount;

  EXPECT_EQ(bench.call("GET", target).status, 200);
  const auto limited = bench.call("GET", target);
  EXPECT_EQ(bench.call("GET", target).status, 200);

  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(error_of(limited).at("code"), "too_many_requests");
  EXPECT_EQ(find_header(limited.headers, "Retry-After"), "7");
}

TEST(SandboxFault, LosesTheReplyBeforeOrAfterTheWrite) {
  for (const bool perform : {false, true}) {
    Bench bench;
    Fault fault;
    fault.method = "POST";
    fault.path = "/v2/policies";
    fault.cut = HttpReply::Cut::before_reply;
    fault.perform = perform;
    inject(bench, fault);

    bench.call("POST", "/v2/policies", dump(authorization("schematics", "kms")));

    EXPECT_EQ(bench.list().at("policies").size(), perform ? 1U : 0U);
    EXPECT_EQ(bench.service.counters().writes, perform ? 1U : 0U);
  }
}

TEST(SandboxFault, LeadsToTheSamePageAgain) {
  Bench bench;
  bench.create(authorization("schematics", "kms"));
  bench.create(authorization("is", "kms"));
  Fault fault;
  fault.path = "limit=1";
  fault.repeat_page = true;
  inject(bench, fault);

  const Json first = bench.list("&limit=1");
  const Json again =
      bench.list("&limit=1&start=" + first.at("next").at("start").get<std::string>());

  EXPECT_EQ(again.at("policies"), first.at("policies"));
}

// iam-api §6: a GET straight after the 201 may be 404
TEST(SandboxFault, LagsBehindAWrite) {
  Bench bench;
  bench.set("lag-reads", "2");
  const std::string id = bench.create(authorization("schematics", "kms"));

  EXPECT_EQ(bench.call("GET", "/v2/policies/" + id).status, 404);
  EXPECT_TRUE(bench.list().at("policies").empty());
  EXPECT_EQ(bench.call("GET", "/v2/policies/" + id).status, 200);
}

TEST(SandboxFault, RefusesAPathThatIsNoRegularExpression) {
  Bench bench;
  Fault fault;
  fault.path = "(";

  EXPECT_FALSE(bench.service.inject(fault));
}

}  // namespace
}  // namespace authzd::sandbox
