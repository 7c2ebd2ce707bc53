// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The admin endpoint and its counters.
#include "tests/unit/sandbox/bench.hpp"

#include <gtest/gtest.h>

namespace authzd::sandbox {
namespace {

HttpResponse post(Bench& bench, const std::string& path, const std::string& body) {
  return bench.raw({"POST", "/sandbox/v1/" + path, {}, body});
}

TEST(SandboxAdmin, EditsAPolicyByAnotherHand) {
  Bench bench;
  const std::string id = bench.create(authorization("schematics", "kms"));

  const auto reply = post(
      bench, "policies/" + id, R"({"as": "IBMid-7", "description": "changed in the console"})");

  EXPECT_EQ(reply.status, 204);
  const Json policy = json_of(bench.call("GET", "/v2/policies/" + id));
  EXPECT_EQ(policy.at("description"), "changed in the console");
  EXPECT_EQ(policy.at("last_modified_by_id"), "IBMid-7");
  EXPECT_EQ(policy.at("created_by_id"), "iam-ServiceId-1");
  EXPECT_EQ(bench.etag(id).substr(0, 2), "2-");
}

TEST(SandboxAdmin, CountsWhatAClientSent) {
  Bench bench;
  bench.create(authorization("schematics", "kms"));
  bench.list();

  const Json counters = json_of(bench.raw({"GET", "/sandbox/v1/counters"}));

  EXPECT_EQ(counters.at("requests"), 4);
  EXPECT_EQ(counters.at("tokens"), 2);
  EXPECT_EQ(counters.at("unsafe"), 1);
  EXPECT_EQ(counters.at("writes"), 1);
}

TEST(SandboxAdmin, ResetsToTheSeed) {
  Bench bench;
  bench.create(authorization("schematics", "kms"));

  EXPECT_EQ(post(bench, "reset", "{}").status, 204);

  EXPECT_TRUE(bench.list().at("policies").empty());
}

TEST(SandboxAdmin, ForgetsWhatNobodyCanReadAnyMore) {
  Bench bench;
  const auto held = [&] {
    return json_of(bench.call("GET", "/sandbox/v1/policies")).at("policies").size();
  };
  const std::string gone = bench.create(authorization("server-protect", "kms"));
  bench.call("DELETE", "/v2/policies/" + gone);
  const std::size_t before = held();

  bench.now += std::chrono::hours(24 * 31);
  bench.create(authorization("server-protect", "hs-crypto"));

  EXPECT_EQ(held(), before) << "one came, one went";
  EXPECT_EQ(bench.call("GET", "/v2/policies/" + gone).status, 404);
}

TEST(SandboxAdmin, MovesTheDateHeader) {
  Bench bench;

  post(bench, "clock", R"({"offset_ms": 600000})");

  EXPECT_EQ(find_header(bench.call("GET", "/v2/roles").headers, "Date"),
            "Mon, 23 Nov 2026 12:10:00 GMT");
}

TEST(SandboxAdmin, IsNotThereWhereItIsNotAllowed) {
  Bench bench;
  bench.service.allow_admin(false);

  EXPECT_EQ(post(bench, "reset", "{}").status, 401);
}

TEST(SandboxAdmin, SaysWhichSwitchIsWrong) {
  Bench bench;

  const auto reply = post(bench, "switches", R"({"if-match-stal": "412"})");

  EXPECT_EQ(reply.status, 400);
  EXPECT_NE(reply.body.find("if-match-stale"), std::string::npos);
}

}  // namespace
}  // namespace authzd::sandbox
