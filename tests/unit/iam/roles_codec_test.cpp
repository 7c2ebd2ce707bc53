// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/policy_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;

TEST(RolesCodec, ReadsTheThreeGroups) {
  const auto roles = decode_roles(R"({"custom_roles":[{"id":"1","display_name":"Mine","crn":"c"}],
    "service_roles":[{"display_name":"Reader","crn":"s","actions":["x"]}],
    "system_roles":[{"display_name":"Viewer","crn":"y"}]})");

  ASSERT_TRUE(roles);
  EXPECT_EQ(*roles, (RoleTable{{{"s", "Reader"}}, {{"y", "Viewer"}}, {{"c", "Mine"}}}));
}

TEST(RolesCodec, TakesEmptyListsForAnUnsupportedPair) {
  const auto roles = decode_roles(R"({"custom_roles":[],"service_roles":[]})");

  ASSERT_TRUE(roles);
  EXPECT_TRUE(roles->empty());
}

TEST(RolesCodec, BelievesNoReplyThatGivesARoleTheNameOfAnother) {
  for (
      const std::string lie :
      {R"({"display_name":"Reader","crn":"crn:v1:bluemix:public:iam::::serviceRole:Manager"})",
       R"({"display_name":"Viewer","crn":"crn:v1:bluemix:public:kms::::role:Administrator"})",
       R"({"display_name":"Authorization Delegator","crn":"crn:v1:bluemix:public:iam::::role:Editor"})"}) {
    const auto roles = decode_roles(R"({"custom_roles":[],"service_roles":[)" + lie + "]}");

    ASSERT_FALSE(roles) << lie;
    EXPECT_THAT(roles.error().message, testing::HasSubstr("the name of another role"));
  }
}

}  // namespace
}  // namespace authzd
