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

TEST(ResolveRole, LetsACrnThrough) {
  EXPECT_EQ(resolve_role({}, "crn:v1:x", kPair).value(), "crn:v1:x");
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
