// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// rails.allow: what a manifest may grant without an approval.

#include "reconciler/rails/rails.hpp"
#include "tests/unit/rails/rails_world.hpp"

#include <gtest/gtest.h>

#include <string>

namespace authzd {
namespace {

using test::creation;
using test::history;
using test::kAccount;
using test::plan_with;
using test::update;

const std::string kOther(32, 'b');
const std::string kDelegator = "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";

std::string held_by_allow(const Action& action, const RailAllow& allow, const RailHistory& known) {
  return test::rails_of(test::railed(plan_with({action}), {.allow = allow}, known).actions[0]);
}

std::string held_by_allow(const Action& action, const RailAllow& allow = {}) {
  return held_by_allow(action, allow, history());
}

Action from_account(const std::string& account) {
  Action action = creation("1");
  action.after->subject = {{.name = "accountId", .value = account},
                           {.name = "serviceName", .value = "a"}};
  return action;
}

TEST(AllowRail, HoldsEverySourceAccountButTheOwnOne) {
  EXPECT_EQ(held_by_allow(from_account(kAccount.value)), "");
  EXPECT_EQ(held_by_allow(from_account(kOther)), "allow");
  EXPECT_EQ(held_by_allow(from_account(kOther), {.source_accounts = {{kOther}}}), "");
  EXPECT_EQ(held_by_allow(from_account(kAccount.value), {.source_accounts = {{kOther}}}), "");
}

TEST(AllowRail, HoldsASourceThatNamesNoAccount) {
  Action action = creation("1");
  action.after->subject = {{.name = "serviceName", .value = "a"}};
  EXPECT_EQ(held_by_allow(action), "allow");
}

TEST(AllowRail, HoldsTargetsThatAreNotListed) {
  EXPECT_EQ(held_by_allow(creation("1"), {.targets = {{"kms"}}}), "");
  EXPECT_EQ(held_by_allow(creation("1"), {.targets = {{"hs-crypto"}}}), "allow");
  Action group = creation("1");
  group.after->resource = {{.name = "resourceType", .value = "resource-group"}};
  EXPECT_EQ(held_by_allow(group, {.targets = {{"kms"}}}), "allow broad");
}

TEST(AllowRail, TakesRolesByCrn) {
  EXPECT_EQ(held_by_allow(creation("1"), {.roles = {{"Reader"}}}), "");
  EXPECT_EQ(held_by_allow(creation("1"), {.roles = {{"Viewer"}}}), "allow");
}

std::string held_where_named(const std::string& crn, const std::string& name) {
  Action action = creation("1");
  action.after->roles = {crn};
  RailHistory known = history();
  known.role_names[crn] = name;
  return held_by_allow(action, {.roles = {{"Reader"}}}, known);
}

TEST(AllowRail, TakesNamesForPredefinedRolesAlone) {
  const std::string custom = "crn:v1:ibmcloud:public:iam-access-management::a/x::customRole:";
  EXPECT_EQ(held_where_named("crn:v1:bluemix:public:iam::::serviceRole:Reader", "Reader"), "");
  EXPECT_EQ(held_where_named("crn:v1:bluemix:public:kms::::serviceRole:KeyReader", "Reader"), "");
  EXPECT_EQ(held_where_named("crn:v1:bluemix:public:iam::::role:Viewer", "Reader"), "");
  EXPECT_EQ(held_where_named("crn:v1:bluemix:public:iam::::role:Viewer", "Viewer"), "allow");
  EXPECT_EQ(held_where_named(custom + "Reader", "Reader"), "allow");
  EXPECT_EQ(held_where_named(custom + "x:serviceRole:Reader", "Reader"), "allow");
}

TEST(AllowRail, HoldsDelegationWhereItIsForbidden) {
  const Action action = update("1", {"Reader", kDelegator});
  EXPECT_EQ(held_by_allow(action), "");
  EXPECT_EQ(held_by_allow(action, {.delegate = true}), "");
  EXPECT_EQ(held_by_allow(action, {.delegate = false}), "allow");
}

TEST(AllowRail, AsksOnlyAboutWhatTheChangeGrants) {
  Action more = update("1", {"Manager", "Reader", "Writer"});
  more.before->roles = {"Manager", "Reader"};
  EXPECT_EQ(held_by_allow(more, {.roles = {{"Writer"}}}), "")
      << "the other roles are there already";

  Action wider = update("1", {"Manager"});
  wider.before->roles = {"Manager"};
  wider.before->resource.add({.name = "serviceInstance", .value = "i"});
  EXPECT_EQ(held_by_allow(wider, {.roles = {{"Writer"}}}), "allow")
      << "Manager of more than before";
}

TEST(AllowRail, LetsEveryNarrowingAndNeutralChangePass) {
  Action narrower = update("1", {"Reader"});
  narrower.before->roles = {"Reader", "Writer"};
  narrower.after->subject = narrower.before->subject = from_account(kOther).after->subject;
  EXPECT_EQ(held_by_allow(narrower, {.roles = {{"None"}}}), "");
  Action text = update("1", {"Reader"});
  text.after->description = "new";
  EXPECT_EQ(held_by_allow(text, {.roles = {{"None"}}}), "");
  EXPECT_EQ(held_by_allow(test::removal("1"), {.roles = {{"None"}}}), "");
}

TEST(AllowRail, SaysWhatIsOutside) {
  const Plan plan =
      test::railed(plan_with({from_account(kOther)}), {.allow = {.targets = {{"cos"}}}});
  EXPECT_EQ(plan.actions[0].holds[0].message,
            "allow: 1 widening outside of it (source account " + kOther +
                ", target kms); approve, or add to rails.allow");
}

}  // namespace
}  // namespace authzd
