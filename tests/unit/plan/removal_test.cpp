// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a plan says about the policies that it deletes.

#include "reconciler/plan/planner.hpp"
#include "tests/unit/plan/planner_world.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using test::kPerson;
using test::ours;
using test::wanted;
using test::WantedGrant;
using test::World;

/// The facts of the plan's only delete.
Removal removal_in(const World& world) {
  for (const Action& action : world.plan().actions) {
    if (action.verb == Verb::remove) return action.removal.value();
  }
  ADD_FAILURE() << "no delete in\n" << test::summary(world.plan());
  return {};
}

/// Ours, to be deleted: a → kms, one instance, Reader.
Observed surplus() {
  WantedGrant g = wanted("old", "a", "kms");
  g.grant.resource.add({.name = "serviceInstance", .value = "i"});
  g.grant.key = Key(test::kAccount, g.grant.subject, g.grant.resource);
  return ours("p", g);
}

PolicyId cover_by(const WantedGrant& want, const Observed& has) {
  return removal_in({{want}, {surplus(), has}}).covered_by;
}

/// Ours, to be deleted: a → kms, which may delegate.
Observed delegator_policy() {
  return ours(
      "p", wanted("old", "a", "kms", {"crn:v1:bluemix:public:iam::::role:AuthorizationDelegator"}));
}

Observed made_by_service(const std::string& id,
                         const std::string& source,
                         const std::string& target) {
  Observed made = test::policy(id, source, target);
  made.created_by = IamId("crn:v1:bluemix:public:a:::::");
  return made;
}

TEST(Removal, NamesWhatServicesMadeOnTheSameTarget) {
  Observed elsewhere = made_by_service("m2", "b", "kms");
  elsewhere.content.resource.add({.name = "serviceInstance", .value = "i"});
  std::vector<Observed> policies{delegator_policy(),
                                 made_by_service("m1", "b", "kms"),
                                 elsewhere,
                                 made_by_service("m3", "b", "cos"),
                                 made_by_service("m4", "a", "kms"),
                                 test::policy("m5", "b", "kms")};

  EXPECT_EQ(removal_in({{}, policies}).dependents, (std::vector{PolicyId("m1"), PolicyId("m2")}));

  policies[0].content.resource = elsewhere.content.resource;
  EXPECT_EQ(removal_in({{}, policies}).dependents, std::vector{PolicyId("m2")});

  policies[0].content.roles = {"Reader"};
  EXPECT_TRUE(removal_in({{}, policies}).dependents.empty());
}

TEST(Removal, NamesAHundredOfManyDependents) {
  std::vector<Observed> policies{delegator_policy()};
  for (int i = 0; i < 150; ++i) {
    policies.push_back(made_by_service("m" + std::to_string(1000 + i), "b", "kms"));
  }

  const auto dependents = removal_in({{}, policies}).dependents;

  ASSERT_EQ(dependents.size(), kMostDependents);
  EXPECT_EQ(dependents.back(), PolicyId("m1099"));
}

TEST(Removal, SaysWhenThePolicyWasLastUsed) {
  Observed p = surplus();
  EXPECT_EQ(removal_in({{}, {p}}).last_permit_at, std::nullopt);
  p.last_permit_at = Timestamp{std::chrono::hours(5)};
  EXPECT_EQ(removal_in({{}, {p}}).last_permit_at, p.last_permit_at);
}

TEST(Removal, CallsAPolicyNeverUsedOnlyWhereIamTellsTheUseOfAnother) {
  Observed other = test::policy("other", "b", "cos");
  EXPECT_FALSE(removal_in({{}, {surplus(), other}}).is_never_used) << "IAM may keep no such times";

  other.last_permit_at = Timestamp{std::chrono::hours(5)};
  EXPECT_TRUE(removal_in({{}, {surplus(), other}}).is_never_used);
  Observed used = surplus();
  used.last_permit_at = Timestamp{std::chrono::hours(5)};
  EXPECT_FALSE(removal_in({{}, {used, other}}).is_never_used);
}

TEST(Removal, SaysWhoMadeItWhereThatWasNotUs) {
  Observed p = surplus();
  EXPECT_EQ(removal_in({{}, {p}}).made_by, std::nullopt);

  p.created_by = kPerson;
  EXPECT_EQ(removal_in({{}, {p}}).made_by, kPerson) << "adopted: changed by us, made by another";

  World world{{}, {p}};
  world.ownership.known.own().emplace(p.id, PolicyOrigin::created);
  EXPECT_EQ(removal_in(world).made_by, std::nullopt) << "made by us under another identity";
}

TEST(Removal, SaysWhenTheGrantEnded) {
  WantedGrant g = wanted("g", "a", "kms");
  g.grant.expires_at = Timestamp{};
  EXPECT_EQ(removal_in({{g}, {ours("p", g)}}).expires_at, Timestamp{});
}

TEST(Removal, NamesAPolicyThatStaysAndPermitsAllOfIt) {
  const WantedGrant all = wanted("all", "a", "kms", {"Reader", "Writer"});
  EXPECT_EQ(cover_by(all, ours("q", all)), PolicyId("q"));

  const WantedGrant same = wanted("all", "a", "kms");
  EXPECT_EQ(cover_by(same, ours("q", same)), PolicyId("q"));
}

TEST(Removal, SaysSinceWhenTheCoverHasBeenWhatItIs) {
  const WantedGrant all = wanted("all", "a", "kms");
  Observed cover = ours("q", all);
  cover.last_modified_at = "2026-05-01T00:00:00.000Z";
  EXPECT_EQ(removal_in({{all}, {surplus(), cover}}).covered_since,
            *parse_rfc3339("2026-05-01T00:00:00Z"));

  cover.last_modified_at = "soon";
  EXPECT_EQ(removal_in({{all}, {surplus(), cover}}).covered_since, std::nullopt);
}

TEST(Removal, NamesWhatServicesMadeOfADelegation) {
  const std::string delegator_policy = "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";
  const Observed going = ours("p", wanted("old", "a", "kms", {"Reader", delegator_policy}));
  Observed made = test::policy("made", "b", "kms");
  made.created_by = IamId("crn:v1:bluemix:public:a::::");
  Observed elsewhere = test::policy("elsewhere", "b", "cos");
  elsewhere.created_by = made.created_by;
  const Observed by_hand = test::policy("by-hand", "c", "kms");

  EXPECT_EQ(removal_in({{}, {going, made, elsewhere, by_hand}}).dependents, std::vector{made.id});
  EXPECT_TRUE(removal_in({{}, {surplus(), made}}).dependents.empty()) << "it may not delegate";
}

TEST(Removal, TakesNoPromiseForACover) {
  const WantedGrant all = wanted("all", "a", "kms");

  EXPECT_TRUE(removal_in({{all}, {surplus()}}).covered_by.empty()) << "yet to be created";
  EXPECT_TRUE(cover_by(all, ours("q", wanted("all", "a", "kms", {"Writer"}))).empty())
      << "has the role only after this plan";
  EXPECT_TRUE(cover_by(wanted("all", "a", "kms", {"Writer"}), ours("q", all)).empty())
      << "loses the role in this plan";
}

TEST(Removal, IsNotCoveredByLessOrByWhatIsNotOurs) {
  const WantedGrant writer = wanted("all", "a", "kms", {"Writer"});
  EXPECT_TRUE(cover_by(writer, ours("q", writer)).empty());

  const WantedGrant elsewhere = wanted("all", "b", "kms");
  EXPECT_TRUE(cover_by(elsewhere, ours("q", elsewhere)).empty());

  const WantedGrant all = wanted("all", "a", "kms");
  EXPECT_TRUE(cover_by(all, test::policy("q", "a", "kms")).empty()) << "unmanaged";
}

TEST(Removal, IsCoveredByWhatLeavesAPartyOpen) {
  WantedGrant any = wanted("any", "a", "kms");
  any.grant.resource = {{.name = "accountId", .value = test::kAccount.value}};
  any.grant.key = Key(test::kAccount, any.grant.subject, any.grant.resource);
  EXPECT_EQ(cover_by(any, ours("q", any)), PolicyId("q"));
}

TEST(Removal, IsCoveredByWhateverOperatorNamesItsParty) {
  const Attribute instance{"serviceInstance", std::string(kStringMatch), "i"};
  const Attribute service{
      "serviceName", std::string(kStringEqualsAnyOf), std::vector<std::string>{"kms"}};
  WantedGrant same = wanted("same", "a", "kms");
  same.grant.resource = {{"accountId", "", test::kAccount.value}, instance, service};
  same.grant.key = Key(test::kAccount, same.grant.subject, same.grant.resource);

  EXPECT_EQ(cover_by(same, ours("q", same)), PolicyId("q"));
}

}  // namespace
}  // namespace authzd
