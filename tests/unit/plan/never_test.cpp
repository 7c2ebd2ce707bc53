// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/pattern/policy_pattern.hpp"
#include "tests/unit/plan/planner_world.hpp"
#include "tests/unit/rails/rails_world.hpp"

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

TEST(Never, CoversWhatNamesNoInstanceAndSoEachOfThem) {
  const PolicyPattern pattern{{"target.serviceInstance", "one"}};

  EXPECT_EQ(summary(with_never({{wanted("g", "a", "kms")}, {}}, pattern).plan()),
            "conflict Never \n");
}

TEST(Never, CannotBeApprovedAway) {
  const WantedGrant g = wanted("g", "a", "kms");
  const Plan plan = with_never({{}, {ours("p", g)}}, {{"serviceName", "kms"}}).plan();

  EXPECT_TRUE(test::railed(plan, {}, test::history(), {plan.hash}).actions.empty());
}

}  // namespace
}  // namespace authzd
