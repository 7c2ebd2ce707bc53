// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a plan says about grants that end, and which ends were announced.

#include "reconciler/plan/planner.hpp"
#include "tests/unit/plan/planner_world.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using test::ours;
using test::wanted;
using test::WantedGrant;
using test::World;

const Timestamp kEndsNow = *parse_rfc3339("2026-06-01T00:00:00Z");

WantedGrant ending(std::optional<Timestamp> at) {
  WantedGrant grant = wanted("g", "a", "kms");
  grant.grant.expires_at = at;
  return grant;
}

/// A grant with this end, with its policy, when the applied revision had `before`.
World world(std::optional<Timestamp> at, std::optional<StandingEnd> before = {}) {
  const WantedGrant grant = ending(at);
  World world{{grant}, {ours("p", grant)}};
  world.options.time = trusted_at(kEndsNow);
  if (before) world.options.ends.emplace(grant.grant.key, *before);
  return world;
}

std::vector<Risk> changes(const Plan& plan) {
  std::vector<Risk> risks;
  for (const GrantEnd& end : plan.ends) {
    if (is_change(end)) risks.push_back(risk_of(end));
  }
  return risks;
}

TEST(Ends, ThatAreNewOrEarlierAreInThePlanAsNarrowing) {
  const Plan plan = world(kEndsNow + 25s).plan();

  EXPECT_EQ(changes(plan), std::vector{Risk::narrowing});
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_FALSE(is_quiet(plan)) << "an end is something to read, though nothing is written yet";
  EXPECT_EQ(count(plan).ends, 1U);
  EXPECT_EQ(changes(world(kEndsNow + 1h, StandingEnd{kEndsNow + 2h, kEndsNow}).plan()),
            std::vector{Risk::narrowing});
}

TEST(Ends, ThatAreLaterOrTakenOffAreInThePlanAsWidening) {
  const StandingEnd before{kEndsNow + 1h, kEndsNow};
  EXPECT_EQ(changes(world(kEndsNow + 2h, before).plan()), std::vector{Risk::widening});
  EXPECT_EQ(changes(world(std::nullopt, before).plan()), std::vector{Risk::widening});
}

TEST(Ends, ThatStandAreNoNews) {
  const Plan plan = world(kEndsNow + 1h, StandingEnd{kEndsNow + 1h, kEndsNow}).plan();

  EXPECT_TRUE(changes(plan).empty());
  EXPECT_TRUE(is_quiet(plan));
  EXPECT_EQ(plan.ends.size(), 1U);
}

TEST(Ends, ToComeMakeAnotherHashWhateverWasAppliedBefore) {
  const Plan soon = world(kEndsNow + 1h).plan();

  EXPECT_NE(soon.hash, world(kEndsNow + 2h).plan().hash);
  EXPECT_NE(soon.hash, world(std::nullopt).plan().hash);
  EXPECT_EQ(soon.hash, world(kEndsNow + 1h, StandingEnd{kEndsNow + 1h, kEndsNow}).plan().hash);
}

Removal removal_in(const Plan& plan) {
  return plan.actions.empty() ? Removal{} : plan.actions.front().removal.value_or(Removal{});
}

/// Whether the end, which is now, is announced if it has been known since then.
bool is_announced(StandingEnd standing) {
  return removal_in(world(kEndsNow, standing).plan()).is_announced;
}

TEST(Ends, AreAnnouncedOnlyWhereTheyStoodForAWholeWindowBeforeTheyCame) {
  EXPECT_TRUE(is_announced({kEndsNow, kEndsNow - 24h}));
  EXPECT_FALSE(is_announced({kEndsNow, kEndsNow - 24h + 1ms}));
  EXPECT_FALSE(is_announced({kEndsNow - 1s, kEndsNow - 48h})) << "another end stood";
  EXPECT_FALSE(is_announced({kEndsNow, kEndsNow + 1h})) << "noted by a clock that was ahead";
  EXPECT_FALSE(removal_in(world(kEndsNow).plan()).is_announced) << "no applied revision had it";
}

TEST(Ends, AreKeptByTheGrantWhoeverItsManifestIsNamedAfter) {
  World renamed = world(kEndsNow, StandingEnd{kEndsNow, kEndsNow - 24h});
  renamed.desired.front().grant.name = "another";

  EXPECT_TRUE(removal_in(renamed.plan()).is_announced);
}

TEST(Ends, OfACoverMakeItNone) {
  WantedGrant narrow = wanted("old", "a", "kms");
  narrow.grant.resource.add({.name = "serviceInstance", .value = "i"});
  narrow.grant.key = Key(test::kAccount, narrow.grant.subject, narrow.grant.resource);
  const WantedGrant cover = ending(kEndsNow + 24h);
  World world{{cover}, {ours("p", narrow), ours("q", cover)}};
  world.options.time = trusted_at(kEndsNow);

  EXPECT_TRUE(removal_in(world.plan()).covered_by.empty());
}

}  // namespace
}  // namespace authzd
