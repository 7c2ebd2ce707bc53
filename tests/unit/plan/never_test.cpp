// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/never.hpp"

#include "reconciler/plan/globs.hpp"
#include "tests/unit/plan/planner_world.hpp"
#include "tests/unit/plan/rails_world.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using test::ours;
using test::policy;
using test::summary;
using test::wanted;
using test::WantedGrant;
using test::World;

World with_never(World world, PolicyPattern pattern) {
  world.options.never = {std::move(pattern)};
  return world;
}

TEST(Never, LeavesAloneWhatFitsWhateverTheManifestsSay) {
  const PolicyPattern kms{{"serviceName", "km?"}};
  const WantedGrant g = wanted("g", "a", "kms");

  EXPECT_EQ(summary(with_never({{}, {ours("p", g)}}, kms).plan()), "kept Never p\n");
  EXPECT_EQ(summary(with_never({{g}, {}}, kms).plan()), "conflict Never \n");
  EXPECT_EQ(
      summary(with_never({{wanted("g", "a", "kms", {"Writer"})}, {ours("p", g)}}, kms).plan()),
      "conflict Never p\n");
  EXPECT_EQ(summary(with_never({{test::released(g)}, {ours("p", g)}}, kms).plan()),
            "kept Never p\n");
  EXPECT_EQ(summary(with_never({{}, {test::altered("p", "kms")}}, kms).plan()), "kept Never p\n");
}

TEST(Never, LeavesAloneWhatWouldComeToFit) {
  const WantedGrant g = wanted("g", "a", "kms");
  const World world =
      with_never({{g}, {test::altered("p", "hs")}}, {{"target.serviceName", "kms"}});

  EXPECT_EQ(summary(world.plan()), "conflict Never p\n");
}

TEST(Never, CannotBeApprovedAway) {
  const WantedGrant g = wanted("g", "a", "kms");
  const Plan plan = with_never({{}, {ours("p", g)}}, {{"serviceName", "kms"}}).plan();

  EXPECT_TRUE(test::railed(plan, {}, test::history(), {plan.hash}).actions.empty());
}

TEST(Pattern, FitsAWildcardThatAdmitsWhatItSpeaksOf) {
  PolicyContent content = policy("p", "server-protect", "kms").content;
  content.resource = {
      {"serviceName", std::string(kStringMatch), std::string("cloud-object-stor*")}};

  EXPECT_TRUE(fits(content, {{"target.serviceName", "cloud-object-storage"}}));
  EXPECT_FALSE(fits(content, {{"target.serviceName", "cloud-logs"}}));
}

TEST(Pattern, OfAServiceFitsASideThatNamesNone) {
  PolicyContent content = test::policy("p", "a", "kms").content;
  const PolicyPattern pattern{{"target.serviceName", "hs-crypto"}};
  EXPECT_FALSE(fits(content, pattern));

  content.resource = {};
  content.resource.add({"resourceGroupId", std::string(kStringEquals), "0123"});

  EXPECT_TRUE(fits(content, pattern)) << "everything in the group, keys included";
  EXPECT_FALSE(fits(content, {{"target.region", "eu-*"}}));
}

TEST(Pattern, FitsWhereEveryEntryDoes) {
  PolicyContent content = policy("p", "server-protect", "kms").content;
  content.resource.add(
      {"region", std::string(kStringEqualsAnyOf), std::vector<std::string>{"eu-de", "us-south"}});
  content.resource.add({"volumeId", std::string(kStringExists), true});

  EXPECT_TRUE(fits(content, {{"serviceName", "kms"}}));
  EXPECT_TRUE(fits(content, {{"serviceName", "server-*"}}));
  EXPECT_TRUE(fits(content, {{"source.serviceName", "server-*"}, {"target.serviceName", "kms"}}));
  EXPECT_FALSE(fits(content, {{"source.serviceName", "kms"}}));
  EXPECT_FALSE(fits(content, {{"serviceName", "kms"}, {"region", "ca-*"}}));
  EXPECT_TRUE(fits(content, {{"region", "us-*"}}));
  EXPECT_TRUE(fits(content, {{"volumeId", "*"}}));
  EXPECT_TRUE(fits(content, {{"volumeId", "v1"}})) << "it admits that volume, too";
  EXPECT_FALSE(fits(content, {{"serviceInstance", "*"}}));
  EXPECT_FALSE(fits(content, {}));
}

TEST(Pattern, FitsIdsWhateverTheirCase) {
  const std::string account = "0123456789ABCDEF0123456789ABCDEF";
  const std::string guid = "51042D7F-F0DF-4915-BD39-6A49957C9175";
  PolicyContent content = policy("p", "server-protect", "kms").content;
  content.subject = {{.name = "accountId", .value = account}};
  content.resource.add({.name = "serviceInstance", .value = guid});
  content.resource.add({.name = "resource", .value = "Key-A"});

  EXPECT_TRUE(fits(content, {{"serviceInstance", guid}}));
  EXPECT_TRUE(fits(content, {{"serviceInstance", "51042D7F-*"}}));
  EXPECT_TRUE(fits(content, {{"source.accountId", account}}));
  EXPECT_TRUE(fits(content, {{"source.accountId", "0123456789abcdef*"}}));
  EXPECT_FALSE(fits(content, {{"serviceInstance", "51042D7E-*"}}));
  EXPECT_FALSE(fits(content, {{"resource", "KEY-*"}})) << "no id: its case counts";
}

TEST(Glob, MatchesWholeTexts) {
  EXPECT_TRUE(may_overlap("", ""));
  EXPECT_TRUE(may_overlap("*", ""));
  EXPECT_TRUE(may_overlap("a*b*c", "a--b-b-c"));
  EXPECT_FALSE(may_overlap("a*b*c", "a--b-b-"));
  EXPECT_TRUE(may_overlap("??", "ab"));
  EXPECT_FALSE(may_overlap("??", "a"));
  EXPECT_FALSE(may_overlap("kms", "kms-2"));
  EXPECT_TRUE(may_overlap("a*z", "?b*"));
  EXPECT_TRUE(may_overlap("*a", "b*"));
  EXPECT_FALSE(may_overlap("a*", "b*"));
  EXPECT_FALSE(may_overlap("*a", "*b"));
}

}  // namespace
}  // namespace authzd
