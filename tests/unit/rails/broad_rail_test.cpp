// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rails/rails.hpp"
#include "tests/unit/rails/rails_world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using test::creation;
using test::plan_with;
using test::railed;
using test::rails_of;

using Attributes = std::vector<Attribute>;
const Attribute kHome{"accountId", std::string(kStringEquals), test::kAccount.value};

std::string held_as_broad(const Action& action) {
  return rails_of(railed(plan_with({action})).actions[0]);
}

std::string with_target(Attributes attributes) {
  Action action = creation("1");
  attributes.push_back(kHome);
  action.after->resource = AttributeSet(std::move(attributes));
  return held_as_broad(action);
}

std::string with_source(Attributes attributes) {
  Action action = creation("1");
  attributes.push_back(kHome);
  action.after->subject = AttributeSet(std::move(attributes));
  return held_as_broad(action);
}

TEST(BroadRail, HoldsATargetWithoutAServiceWhateverTheSpelling) {
  EXPECT_EQ(with_target({{"serviceName", "stringEquals", "kms"}}), "");
  EXPECT_EQ(with_target({}), "broad");
  EXPECT_EQ(with_target({{"serviceInstance", "stringEquals", "i"}}), "broad");
  EXPECT_EQ(with_target({{"serviceName", "stringExists", true}}), "broad");
  EXPECT_EQ(with_target({{"serviceName", "stringExists", false}}), "broad");
  EXPECT_EQ(with_target({{"serviceName", "stringMatch", "*"}}), "broad");
  EXPECT_EQ(with_target({{"serviceName", "stringMatch", "k*"}}), "broad");
  EXPECT_EQ(with_target({{"serviceName", "stringEquals", "*"}}), "broad");
  EXPECT_EQ(with_target({{"serviceName", "futureOperator", "kms"}}), "broad");
  EXPECT_EQ(with_target({{"servicename", "stringEquals", "kms"}}), "broad");
}

TEST(BroadRail, LetsAListOfServicesPass) {
  using Values = std::vector<std::string>;
  EXPECT_EQ(with_target({{"serviceName", "stringEqualsAnyOf", Values{"hs-crypto", "kms"}}}), "");
  EXPECT_EQ(with_target({{"serviceName", "stringMatchAnyOf", Values{"hs-crypto", "*"}}}), "broad");
}

TEST(BroadRail, HoldsASourceWithoutAServiceOrInAnyResourceGroup) {
  const Attribute service{"serviceName", "stringEquals", "is"};
  EXPECT_EQ(with_source({service}), "");
  EXPECT_EQ(with_source({service, {"resourceGroupId", "stringEquals", "g"}}), "");
  EXPECT_EQ(with_source({{"resourceGroupId", "stringEquals", "g"}}), "broad");
  EXPECT_EQ(with_source({service, {"resourceGroupId", "stringExists", true}}), "broad");
  EXPECT_EQ(with_source({service, {"resourceGroupId", "stringMatch", "*"}}), "broad");
}

TEST(BroadRail, LooksAtWideningsAlone) {
  Action action = test::update("1", {"Reader"});
  action.before->resource = AttributeSet({kHome});
  action.after = action.before;
  action.after->description = "another text";
  EXPECT_EQ(held_as_broad(action), "");
  action.after->roles.insert("Writer");
  EXPECT_EQ(held_as_broad(action), "broad");
}

TEST(BroadRail, SaysWhatIsBroadAndWhichRolesMakeItWorse) {
  Action action = creation("1");
  action.after->resource = AttributeSet({kHome});
  action.after->roles = {"crn:v1:bluemix:public:iam::::role:Administrator"};

  const std::string message = railed(plan_with({action})).actions[0].holds.front().message;

  EXPECT_EQ(message.find("broad: 1 widening with a target without a service, role "), 0U)
      << message;
  EXPECT_NE(message.find("Administrator"), std::string::npos) << message;
}

}  // namespace
}  // namespace authzd
