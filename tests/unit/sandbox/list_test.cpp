// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Lists and roles (iam-api §2.2, §2.3, §4).
#include "tests/unit/sandbox/bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::sandbox {
namespace {

struct Filled : Bench {
  Filled() {
    for (const char* source : {"schematics", "is", "server-protect", "messagehub", "toolchain"}) {
      Json policy = authorization(source, "hs-crypto");
      if (source == std::string("toolchain")) continue;
      create(policy);
    }
    create(authorization("schematics", "kms"));
  }
};

TEST(SandboxList, GivesEverythingWithoutALimit) {
  Filled bench;

  const Json page = bench.list();

  EXPECT_EQ(page.at("policies").size(), 5U);
  EXPECT_FALSE(page.contains("next"));
}

TEST(SandboxList, LeadsFromPageToPageAndBack) {
  Filled bench;

  const Json first = bench.list("&limit=2");
  const Json second =
      bench.list("&limit=2&start=" + first.at("next").at("start").get<std::string>());
  const Json third =
      bench.list("&limit=2&start=" + second.at("next").at("start").get<std::string>());
  const Json back =
      bench.list("&limit=2&start=" + second.at("previous").at("start").get<std::string>());

  EXPECT_EQ(third.at("policies").size(), 1U);
  EXPECT_FALSE(third.contains("next"));
  EXPECT_EQ(back.at("policies"), first.at("policies"));
}

std::string status_with(Bench& bench, const std::string& limit) {
  return std::to_string(
      bench.call("GET", "/v2/policies?account_id=" + kAccount + "&limit=" + limit).status);
}

TEST(SandboxList, CutsOrRefusesALimit) {
  Filled bench;
  bench.set("list-max-limit", "2");

  EXPECT_EQ(bench.list("&limit=3").at("policies").size(), 2U);
  bench.set("list-limit", "bounded");
  EXPECT_EQ(status_with(bench, "3"), "400");
  EXPECT_EQ(status_with(bench, "2"), "200");
  bench.set("list-limit", "refused");
  EXPECT_EQ(status_with(bench, "2"), "400");
  EXPECT_EQ(bench.call("GET", "/v2/policies?account_id=" + kAccount).status, 200);
}

TEST(SandboxList, MovesWhatFollowsWhereAStartIsAPlace) {
  Filled bench;
  bench.set("list-start", "offset");
  const Json first = bench.list("&limit=2");
  const std::string start = "&limit=2&start=" + first.at("next").at("start").get<std::string>();
  const std::string third = bench.list(start).at("policies").at(0).at("id");

  bench.call("DELETE", "/v2/policies/" + first.at("policies").at(0).at("id").get<std::string>());

  EXPECT_NE(bench.list(start).at("policies").at(0).at("id"), third);
  bench.set("list-start", "policy");
  const Json page = bench.list("&limit=1");
  bench.call("DELETE", "/v2/policies/" + page.at("policies").at(0).at("id").get<std::string>());
  EXPECT_EQ(bench
                .call("GET",
                      "/v2/policies?limit=1&account_id=" + kAccount +
                          "&start=" + page.at("next").at("start").get<std::string>())
                .status,
            400);
}

TEST(SandboxList, TakesItsTimeForEachPolicyThatItShows) {
  Filled bench;
  bench.set("ms-a-policy", "20");
  const HttpRequest request{"GET",
                            "/v2/policies?limit=2&account_id=" + kAccount,
                            {{"Authorization", "Bearer " + bench.token(bench.key)}}};

  EXPECT_EQ(bench.service.handle(request, bench.now).delay, std::chrono::milliseconds(40));
}

TEST(SandboxList, SaysOfAPolicyThatWasNeverUsedThatItWasNot) {
  Filled bench;

  const Json policy = bench.list("&format=include_last_permit").at("policies").at(0);

  EXPECT_TRUE(policy.at("last_permit_at").is_null());
  EXPECT_EQ(policy.at("last_permit_frequency"), 0);
}

TEST(SandboxList, KeepsADeletedPolicyForTenDays) {
  Filled bench;
  const std::string id = bench.list().at("policies").at(0).at("id");
  bench.call("DELETE", "/v2/policies/" + id);
  const auto begin = bench.now;

  bench.now = begin + std::chrono::hours(239);
  EXPECT_EQ(bench.list("&state=deleted").at("policies").size(), 1U);
  EXPECT_EQ(bench.call("GET", "/v2/policies/" + id).status, 200);
  bench.now = begin + std::chrono::hours(240);
  EXPECT_TRUE(bench.list("&state=deleted").at("policies").empty());
  EXPECT_EQ(bench.call("GET", "/v2/policies/" + id).status, 404);
}

TEST(SandboxList, NeedsAnAccount) {
  Bench bench;

  const auto reply = bench.call("GET", "/v2/policies");

  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(error_of(reply).at("code"), "missing_required_query_parameter");
}

// §2.2: only what the caller may read, never 403
TEST(SandboxList, IsEmptyForAnotherAccount) {
  Filled bench;
  bench.key = "other";

  EXPECT_TRUE(bench.list().at("policies").empty());
}

TEST(SandboxList, FiltersAndSorts) {
  Filled bench;

  EXPECT_EQ(bench.list("&service_name=kms").at("policies").size(), 1U);
  EXPECT_TRUE(bench.list("&type=access").at("policies").empty());
  const Json down = bench.list("&sort=-id").at("policies");
  EXPECT_GT(down.at(0).at("id"), down.at(1).at("id"));
  EXPECT_EQ(bench.call("GET", "/v2/policies?account_id=" + kAccount + "&sort=colour").status, 400);
}

TEST(SandboxRoles, AreThoseOfThePair) {
  Bench bench;

  const Json roles = json_of(bench.call(
      "GET",
      "/v2/roles?policy_type=authorization&source_service_name=server-protect&service_name=kms"));

  EXPECT_EQ(roles.at("service_roles").at(0).at("crn"), kReader);
  EXPECT_EQ(roles.at("system_roles").at(0).at("display_name"), "Authorization Delegator");
}

TEST(SandboxRoles, AreNotServedBySourceOnAPrivateEndpoint) {
  Bench bench;
  bench.set("private-endpoint", "roles");
  const std::string pair = "/v2/roles?policy_type=authorization&service_name=kms";

  const auto refused = bench.call("GET", pair + "&source_service_name=server-protect");

  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(find_header(refused.headers, "Content-Type"), "text/html");
  EXPECT_EQ(bench.call("GET", pair).status, 200);
  bench.set("private-endpoint", "no-roles");
  EXPECT_EQ(bench.call("GET", pair).status, 404);
}

TEST(SandboxRoles, AreThoseOfTheGroupOfServices) {
  Bench bench;

  const Json roles = json_of(bench.call(
      "GET",
      "/v2/roles?policy_type=authorization&source_service_name=project&service_group_id=IAM"));

  EXPECT_THAT(roles.dump(), testing::HasSubstr("iam-identity"));
}

TEST(SandboxRoles, AreNoneForAnUnsupportedPair) {
  Bench bench;

  const auto reply = bench.call(
      "GET",
      "/v2/roles?policy_type=authorization&source_service_name=kms&service_name=secret-manager");

  EXPECT_EQ(reply.body, R"({"custom_roles":[],"service_roles":[],"system_roles":[]})");
}

}  // namespace
}  // namespace authzd::sandbox
