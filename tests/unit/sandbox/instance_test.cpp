// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Instances of the Resource Controller, as far as the sandbox serves them.
#include "tests/unit/sandbox/bench.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd::sandbox {
namespace {

const std::string kPath = "/v2/resource_instances";

struct InstanceBench : Bench {
  InstanceBench() { service.allow_admin(true); }

  void put(const std::string& name, const std::string& guid, Json more = Json::object()) {
    Json json{{"name", name}, {"service", "kms"}, {"account", kAccount}, {"guid", guid}};
    json.update(more);
    const auto reply = raw({"POST", "/sandbox/v1/instances", {}, json.dump()});
    EXPECT_EQ(reply.status, 204) << reply.body;
  }

  std::vector<std::string> guids(const std::string& target) {
    const HttpResponse reply = call("GET", target);
    EXPECT_EQ(reply.status, 200) << reply.body;
    const Json body = json_of(reply);
    std::vector<std::string> found;
    for (const Json& each : body.at("resources")) found.push_back(each.at("guid"));
    return found;
  }
};

using Guids = std::vector<std::string>;

TEST(SandboxInstances, AreShownByName) {
  InstanceBench bench;
  bench.put("one", "g1");
  bench.put("two", "g2");

  EXPECT_EQ(bench.guids(kPath), (Guids{"g1", "g2"}));
  EXPECT_EQ(bench.guids(kPath + "?name=two"), Guids{"g2"});
  EXPECT_EQ(bench.guids(kPath + "?name=tw"), Guids{});
  const Json one = json_of(bench.call("GET", kPath + "/g1"));
  EXPECT_EQ(one.at("crn"), "crn:v1:bluemix:public:kms:us-south:a/" + kAccount + ":g1::");
  EXPECT_EQ(bench.call("GET", kPath + "/g3").status, 404);
}

TEST(SandboxInstances, ArePagedByALink) {
  InstanceBench bench;
  for (const char* guid : {"g1", "g2", "g3"}) bench.put("same", guid);
  bench.put("other", "g4");

  const Json first = json_of(bench.call("GET", kPath + "?limit=2&name=same"));
  const std::string next = first.at("next_url");
  const Json second = json_of(bench.call("GET", next));

  EXPECT_EQ(first.at("resources").size(), 2U);
  ASSERT_EQ(second.at("resources").size(), 1U) << "the filter is in the link";
  EXPECT_EQ(second.at("resources").at(0).at("guid"), "g3");
  EXPECT_TRUE(second.at("next_url").is_null());
  EXPECT_EQ(bench.call("GET", kPath + "?limit=101").status, 400);
}

TEST(SandboxInstances, OfOtherAccountsAreNotShown) {
  InstanceBench bench;
  bench.put("one", "g1", {{"account", kOther}});

  EXPECT_EQ(bench.guids(kPath), Guids{});
}

TEST(SandboxInstances, AreGoneWhereTheyWait) {
  InstanceBench bench;
  bench.put("one", "g1", {{"state", "pending_reclamation"}});

  EXPECT_EQ(bench.guids(kPath), Guids{});
  EXPECT_EQ(bench.guids(kPath + "?state=pending_reclamation"), Guids{"g1"});
}

TEST(SandboxInstances, AreRemovedAndRenamed) {
  InstanceBench bench;
  bench.put("one", "g1");
  bench.put("uno", "g1");
  EXPECT_EQ(bench.guids(kPath + "?name=uno"), Guids{"g1"});

  bench.raw({"DELETE", "/sandbox/v1/instances/g1"});
  EXPECT_EQ(bench.guids(kPath), Guids{});
}

TEST(SandboxInstances, NeedAToken) {
  InstanceBench bench;

  EXPECT_EQ(bench.raw({"GET", kPath}).status, 401);
}

TEST(SandboxInstances, AreNotTakenWithoutWhatTheyNeed) {
  InstanceBench bench;

  const auto reply = bench.raw({"POST", "/sandbox/v1/instances", {}, R"({"name": "one"})"});

  EXPECT_EQ(reply.status, 400);
  EXPECT_NE(reply.body.find("service"), std::string::npos) << reply.body;
}

}  // namespace
}  // namespace authzd::sandbox
