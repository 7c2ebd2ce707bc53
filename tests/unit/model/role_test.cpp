// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/role.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;

const RoleQuery kPair{"server-protect", "kms"};
const RoleTable kTable{
    .service = {{"crn:s:Reader", "Reader"},
                {"crn:s:Manager", "Manager"},
                {"crn:t:Manager", "Manager"}},
    .system = {{"crn:p:Reader", "Reader"}, {"crn:p:Delegator", "Authorization Delegator"}},
    .custom = {}};

TEST(ResolveRole, TakesServiceRolesBeforeSystemRoles) {
  EXPECT_EQ(resolve_role(kTable, "Reader", kPair).value(), "crn:s:Reader");
  EXPECT_EQ(resolve_role(kTable, "Authorization Delegator", kPair).value(), "crn:p:Delegator");
}

TEST(ResolveRole, ListsTheValidOnesForAnUnknownName) {
  const auto result = resolve_role(kTable, "Raeder", kPair);

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message,
              HasSubstr("valid roles are Authorization Delegator, Manager, Reader"));
  EXPECT_THAT(result.error().message, HasSubstr("did you mean \"Reader\"?"));
}

TEST(ResolveRole, PrintsTheCrnsOfAnAmbiguousName) {
  const auto result = resolve_role(kTable, "Manager", kPair);

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("crn:s:Manager, crn:t:Manager"));
}

TEST(ResolveRole, SaysThatAPairIsUnsupported) {
  const auto result = resolve_role({}, "Reader", {"server-protct", "kms"});

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("server-protct → kms"));
}

TEST(ResolveRole, TakesACrnThatIsOffered) {
  EXPECT_EQ(resolve_role(kTable, "crn:t:Manager", kPair).value(), "crn:t:Manager");
}

/// IBM's own pages show Reader in a wrong namespace.
TEST(ResolveRole, RefusesACrnThatIsNotOfferedAndSaysTheRightOne) {
  const auto result = resolve_role(kTable, "crn:v1:bluemix:public:iam::::role:Delegator", kPair);

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message,
              HasSubstr("role:Delegator\" is not offered for server-protect → kms"));
  EXPECT_THAT(result.error().message,
              HasSubstr("did you mean \"Authorization Delegator\", crn:p:Delegator?"));
}

TEST(ResolveRole, RefusesACrnOfAPairThatIsUnsupported) {
  EXPECT_FALSE(resolve_role({}, "crn:s:Reader", kPair));
}

TEST(ResolveRole, SuggestsTheNameToOneWhoWritesTheLastPartOfTheCrn) {
  const RoleTable table{
      .service = {{"crn:iam-identity::::serviceRole:ServiceIdCreator", "Service ID creator"},
                  {"crn:cloud-object-storage::::serviceRole:ObjectWriter", "Object Writer"},
                  {"crn:iam-groups::::serviceRole:MemberManage", "Groups Service Member Manage"}},
      .system = {},
      .custom = {}};
  for (const auto& [written, meant] : {std::pair("ServiceIdCreator", "Service ID creator"),
                                       std::pair("ObjectWriter", "Object Writer"),
                                       std::pair("object-writer", "Object Writer"),
                                       std::pair("ObjectWritter", "Object Writer"),
                                       std::pair("MemberManage", "Groups Service Member Manage")}) {
    EXPECT_THAT(resolve_role(table, written, kPair).error().message,
                HasSubstr("did you mean \"" + std::string(meant) + "\"?"));
  }
}

TEST(ResolveRole, SaysOfWhatIsKnownOfflineOnlyThatItIsNotKnown) {
  RoleTable table = kTable;
  table.authority = RoleAuthority::offline;
  const std::string message = resolve_role(table, "Writer", kPair).error().message;

  EXPECT_THAT(message, HasSubstr("role \"Writer\" is not known offline for server-protect → kms"));
  EXPECT_THAT(message, HasSubstr("IAM may offer it"));
  EXPECT_EQ(message.find("not offered"), std::string::npos);
  EXPECT_EQ(resolve_role(table, "crn:v1:x", kPair).value(), "crn:v1:x");
}

TEST(RoleQuery, AsksResourceControllerWhereTheTargetNamesNoService) {
  const AttributeSet subject{{"serviceName", "stringEquals", "project"}};
  const AttributeSet resource{{"resourceType", "stringEquals", "resource-group"}};

  EXPECT_EQ(role_query(subject, resource), (RoleQuery{"project", "resource-controller"}));
}

TEST(RoleQuery, AsksForTheGroupThatTheTargetNames) {
  const AttributeSet subject{{"serviceName", "stringEquals", "project"}};
  const AttributeSet resource{{"service_group_id", "stringEquals", "IAM"}};

  EXPECT_EQ(role_query(subject, resource), (RoleQuery{"project", "", "IAM"}));
  EXPECT_NE(resolve_role({}, "Reader", role_query(subject, resource))
                .error()
                .message.find("project → the services of the group IAM"),
            std::string::npos);
}

}  // namespace
}  // namespace authzd
