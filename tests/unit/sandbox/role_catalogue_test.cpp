// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The catalogue has what IBM publishes, and says so if IBM publishes nothing.
#include "daemon/sandbox/role_catalogue.hpp"

#include "daemon/data/data.hpp"
#include "tests/unit/sandbox/bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace authzd::sandbox {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// CRNs by display name.
std::map<std::string, std::string> by_name(const std::vector<const RoleInfo*>& roles) {
  std::map<std::string, std::string> names;
  for (const RoleInfo* role : roles) names[role->display_name] = role->crn;
  return names;
}

std::vector<std::string> names_of(const std::vector<const RoleInfo*>& roles) {
  std::vector<std::string> names;
  for (const auto& [name, crn] : by_name(roles)) names.push_back(name);
  return names;
}

std::string crn_of_role(std::string_view target, const std::string& name) {
  const auto names = by_name(roles_of_pair("", target).roles);
  return names.contains(name) ? names.at(name) : "none";
}

HttpResponse post_policy(Bench& bench, const std::string& source, const std::string& target) {
  return bench.call("POST", "/v2/policies", dump(authorization(source, target)));
}

TEST(RoleCatalogue, OffersEachDocumentedPairItsRoles) {
  for (const Json& pair : Json::parse(kPairs)) {
    const std::string source = text_of(pair.at("source"), "service");
    std::string target = text_of(pair.at("target"), "service");
    if (target.empty()) target = "resource-controller";

    const PairRoles found = roles_of_pair(source, target);
    EXPECT_TRUE(found.is_documented) << source << " for " << target;
    const auto names = names_of(found.roles);
    for (const Json& role : pair.at("roles")) {
      EXPECT_THAT(names, Contains(role.get<std::string>())) << source << " for " << target;
    }
    if (pair.value("delegate", false)) {
      EXPECT_THAT(names, Contains("Authorization Delegator"));
    }
  }
}

TEST(RoleCatalogue, HasEveryServiceOfTheTableWithItsRoles) {
  const Json table = Json::parse(kServiceRoles);
  for (const auto& [service, entry] : table.at("services").items()) {
    const auto names = names_of(roles_of_pair("ghost-tags", service).roles);
    EXPECT_THAT(names, testing::Not(IsEmpty())) << service;
    for (const Json& role : entry.at("service")) {
      if (role == "null") continue;
      EXPECT_THAT(names, Contains(role.get<std::string>())) << service;
    }
  }
}

TEST(RoleCatalogue, TakesCrnsAsPublishedElseByTheRule) {
  EXPECT_EQ(crn_of_role("kms", "Reader"), "crn:v1:bluemix:public:iam::::serviceRole:Reader");
  EXPECT_EQ(crn_of_role("kms", "Viewer"), "crn:v1:bluemix:public:iam::::role:Viewer");
  EXPECT_EQ(crn_of_role("kms", "Authorization Delegator"),
            "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator");
  EXPECT_EQ(crn_of_role("iam-identity", "Service ID creator"),
            "crn:v1:bluemix:public:iam-identity::::serviceRole:ServiceIdCreator");
  EXPECT_EQ(crn_of_role("iam-groups", "Groups Service Member Manage"),
            "crn:v1:bluemix:public:iam-groups::::serviceRole:MemberManage");
  EXPECT_EQ(crn_of_role("apprapp", "Configuration Update Reporter"),
            "crn:v1:bluemix:public:apprapp::::serviceRole:ConfigurationUpdateReporter");
  EXPECT_EQ(crn_of_role("is", "Share Broker"),
            "crn:v1:bluemix:public:is::::serviceRole:ShareBroker");
}

TEST(RoleCatalogue, OffersTheDelegatorWhereItIsDocumentedOnly) {
  EXPECT_THAT(names_of(roles_of_pair("databases-for-redis", "kms").roles),
              UnorderedElementsAre("Authorization Delegator", "Reader"));
  EXPECT_THAT(names_of(roles_of_pair("messagehub", "kms").roles), ElementsAre("Reader"));
}

TEST(RoleCatalogue, OffersAPairThatNobodyDocumentsAllRolesOfItsTarget) {
  const PairRoles found = roles_of_pair("kms", "logs");
  EXPECT_FALSE(found.is_documented);
  EXPECT_THAT(names_of(found.roles), Contains("Sender"));
}

TEST(RoleCatalogue, KnowsNoRolesOfAMisspeltService) {
  EXPECT_THAT(roles_of_pair("schematics", "secret-manager").roles, IsEmpty());
  EXPECT_THAT(roles_of_pair("schematic", "logs").roles, IsEmpty());
}

TEST(RoleCheck, WarnsOfAPairThatNobodyDocuments) {
  Bench bench;
  EXPECT_EQ(post_policy(bench, "schematics", "kms").status, 201);
  EXPECT_EQ(bench.service.log().back().warning, "");
  EXPECT_EQ(post_policy(bench, "transit", "kms").status, 201);
  EXPECT_THAT(bench.service.log().back().warning,
              HasSubstr("IBM documents no authorization of transit for kms"));
  EXPECT_THAT(bench.call("GET", "/sandbox/v1/log").body, HasSubstr("authorization of transit"));
}

TEST(RoleCheck, RefusesAPairThatNobodyDocumentsWhereItIsStrict) {
  Bench bench;
  bench.set("role-check", "strict");
  EXPECT_EQ(post_policy(bench, "schematics", "kms").status, 201);
  EXPECT_EQ(post_policy(bench, "transit", "kms").status, 400);
}

TEST(RoleCheck, RefusesAMisspeltServiceAndARoleThatIsNotOffered) {
  Bench bench;
  EXPECT_EQ(post_policy(bench, "transit-gateway", "kms").status, 400);
  Json policy = authorization("messagehub", "kms");
  policy["control"]["grant"]["roles"].push_back(Json{{"role_id", kDelegator}});
  EXPECT_EQ(bench.call("POST", "/v2/policies", dump(policy)).status, 400);
}

}  // namespace
}  // namespace authzd::sandbox
