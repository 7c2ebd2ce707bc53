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
