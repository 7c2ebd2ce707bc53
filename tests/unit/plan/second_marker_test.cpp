// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whatever someone writes into the description of our policy, and whatever its target becomes: it
// is repaired to what a manifest wants, or deleted if none does. A manually added marker prevents
// no repair, and neither adds nor removes protection.

#include "reconciler/plan/release.hpp"
#include "tests/unit/plan/planner_world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

using test::key_for;
using test::kPerson;
using test::ours;
using test::wanted;
using test::WantedGrant;
using test::World;

const Key kSecondKey = key_for("a", "kms");
const Key kElsewhere = key_for("a", "hs");

std::string mark(const std::string& owner, const Key& key, bool is_protected = false) {
  return render_description("", Marker{owner, "g", key.hash12(), is_protected});
}

/// What someone made of a description that ended in `own`.
std::vector<std::string> descriptions(const std::string& own, bool is_protected) {
  const std::string flipped = mark("prod", kSecondKey, !is_protected);
  std::vector<std::string> all = {own, flipped, "Text " + own + " more text", own + own};
  for (const std::string& other : {mark("dev", kSecondKey),
                                   mark("dev", kSecondKey, true),
                                   mark("dev", kElsewhere),
                                   mark("dev", kElsewhere, true),
                                   mark("prod", kElsewhere),
                                   mark("prod", kElsewhere, true),
                                   mark("prod", key_for("b", "b"), true),
                                   flipped}) {
    all.push_back(own + " " + other);
    all.push_back(other + " " + own);
    all.push_back(other + " " + own + " " + other);
  }
  return all;
}

struct Case {
  std::string description;
  std::string target;  // its new target
  RoleSet roles;       // and its new roles
  bool is_wanted;      // by a manifest
  bool is_protected;   // as we wrote it
  bool is_written;     // the state knows what we wrote; else only that it is ours

  friend std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << '"' << c.description << "\" at " << c.target << " with " << c.roles.size()
               << " roles, wanted " << c.is_wanted << ", protected " << c.is_protected
               << ", written " << c.is_written;
  }
};

WantedGrant grant_of(const Case& c) {
  WantedGrant grant = wanted("g", "a", "kms");
  grant.grant.is_protected = c.is_protected;
  return grant;
}

World world_of(const Case& c) {
  const WantedGrant grant = grant_of(c);
  World world;
  if (c.is_wanted) world.desired = {grant};
  Observed p = ours("p", grant);
  if (c.is_written) {
    WrittenPolicy written{kSecondKey};
    if (c.is_protected) written.protects = p.content;
    world.ownership.written.own().emplace(p.id, written);
  }
  p.content.resource = test::resource_of(c.target);
  p.content.roles = c.roles;
  p.content.description = c.description;
  p.last_modified_by = kPerson;
  world.observed = {p};
  world.ownership.known = {{p.id, PolicyOrigin::adopted}};
  return world;
}

std::vector<Case> cases(bool is_written) {
  std::vector<Case> all;
  for (const bool is_protected : {false, true}) {
    for (const std::string& text :
         descriptions(mark("prod", kSecondKey, is_protected), is_protected)) {
      for (const char* target : {"kms", "hs"}) {
        for (const RoleSet& roles : {RoleSet{"Reader"}, RoleSet{"Manager"}}) {
          all.push_back({text, target, roles, true, is_protected, is_written});
          all.push_back({text, target, roles, false, is_protected, is_written});
        }
      }
    }
  }
  return all;
}

/// The policies that are left when there is nothing more to do.
std::vector<Observed> settled(World world) {
  for (int cycle = 0; cycle < 4; ++cycle) {
    const Plan plan = world.plan();
    if (plan.actions.empty()) break;
    world.observed = test::perform(std::move(world.observed), plan.actions);
    for (const Action& action : plan.actions) world.ownership.written.own().erase(action.id);
  }
  std::erase_if(world.observed, [](const Observed& p) { return p.state == PolicyState::deleted; });
  return world.observed;
}

TEST(SecondMarker, SwitchesNoRepairOffWhereTheStateKnowsWhatWeWrote) {
  for (const Case& c : cases(true)) {
    World world = world_of(c);
    // Revisions without `protect` were applied long ago: marks in IAM do not count.
    if (!c.is_protected) world.options.protect_releases.due = {kSecondKey, kElsewhere};
    const std::vector<Observed> left = settled(world);

    if (!c.is_wanted && !c.is_protected) {
      EXPECT_TRUE(left.empty()) << c;
      continue;
    }
    ASSERT_EQ(left.size(), 1U) << c;
    EXPECT_EQ(left[0].id, PolicyId("p")) << c;
    if (!c.is_wanted) continue;
    EXPECT_EQ(key_of(test::kAccount, left[0].content), kSecondKey) << c;
    EXPECT_EQ(left[0].content.roles, RoleSet{"Reader"}) << c;
    const Description text = parse_description(left[0].content.description);
    EXPECT_EQ(text.marker, (Marker{"prod", "g", kSecondKey.hash12(), c.is_protected})) << c;
    EXPECT_TRUE(text.rivals.empty()) << c;
  }
}

TEST(SecondMarker, SwitchesNoRepairOfTheTargetOffWhereTheStateIsNew) {
  for (const Case& c : cases(false)) {
    // It is unknown whether a protected policy had its current roles.
    if (!c.is_wanted || c.roles != RoleSet{"Reader"}) continue;

    const std::vector<Observed> left = settled(world_of(c));

    ASSERT_EQ(left.size(), 1U) << c;
    EXPECT_EQ(key_of(test::kAccount, left[0].content), kSecondKey) << c;
  }
}

/// What the planner cannot know, lacking a hash that is hard to forge, comes from the state.
TEST(WrittenKey, IsMoreThanAHashThatFits) {
  World world = world_of({mark("prod", kElsewhere), "hs", {"Reader"}, true, false, true});

  EXPECT_EQ(test::summary(world.plan()), "update Altered p\n");

  world.ownership.written.own().clear();
  EXPECT_EQ(test::summary(world.plan()), "create Missing \ndelete NotDesired p\n")
      << "the hash is all there is";
}

TEST(WrittenKey, NamesTheChangeOfWhatNobodyWantsAsSomebodyElses) {
  const World world = world_of({mark("prod", kElsewhere), "hs", {"Reader"}, false, false, true});

  const Plan plan = world.plan();

  ASSERT_EQ(test::summary(plan), "delete Altered p\n");
  ASSERT_TRUE(plan.actions[0].drift.has_value());
  EXPECT_EQ(plan.actions[0].drift->by, kPerson);
}

TEST(WrittenKey, OfATwinThatDidTheSameLeavesNothingToDo) {
  World world = world_of({mark("prod", kSecondKey), "kms", {"Reader"}, true, false, true});
  world.ownership.written.own().at(PolicyId("p")).key = kElsewhere;

  EXPECT_TRUE(is_quiet(world.plan()));
}

TEST(Protection, DoesNotKeepWhatSomebodyElseAdded) {
  for (const bool is_written : {false, true}) {
    World world =
        world_of({mark("prod", kSecondKey, true), "hs", {"Reader"}, true, true, is_written});
    world.observed[0].last_modified_at = "2026-02-03T04:05:06.000Z";

    const Plan plan = world.plan();

    ASSERT_EQ(test::summary(plan), "update Altered p\n") << is_written;
    ASSERT_TRUE(plan.actions[0].drift.has_value()) << is_written;
    EXPECT_EQ(*plan.actions[0].drift, (Drift{kPerson, "2026-02-03T04:05:06.000Z"}));
    EXPECT_EQ(plan.actions[0].after, ours("p", world.desired[0]).content);
  }
}

TEST(Protection, IsNotTakenOffByARelease) {
  const WantedGrant g = wanted("g", "a", "kms");
  WantedGrant guarded = g;
  guarded.grant.is_protected = true;
  World world{{test::released(g)}, {ours("p", guarded)}};

  EXPECT_EQ(test::summary(world.plan()), "kept Protected p\n");

  world.options.protect_releases.due.insert(g.grant.key);
  EXPECT_EQ(test::summary(world.plan()), "update Released p\n");
}

/// `authzd release` of all, with what the manifests in force want.
std::string released_by_hand(const World& world) {
  std::vector<Grant> grants;
  for (const WantedGrant& each : world.desired) grants.push_back(each.grant);
  const ReleaseOptions options{.protect_releases = world.options.protect_releases,
                               .desired = grants};
  return test::summary(make_release_plan(test::kAccount, world.observed, world.ownership, options));
}

TEST(Protection, IsNotTakenOffByAReleaseByHand) {
  const WantedGrant g = wanted("g", "a", "kms");
  WantedGrant guarded = g;
  guarded.grant.is_protected = true;
  World world{{guarded}, {ours("p", guarded)}};
  EXPECT_EQ(released_by_hand(world), "conflict Protected p\n");
  world.desired = {g};
  EXPECT_EQ(released_by_hand(world), "conflict Protected p\n") << "its time has not passed";
  world.desired.clear();
  EXPECT_EQ(released_by_hand(world), "conflict Protected p\n") << "no manifest took it off";

  world.options.protect_releases.due.insert(g.grant.key);
  EXPECT_EQ(released_by_hand(world), "update Released p\n");
  world.desired = {guarded};
  EXPECT_EQ(released_by_hand(world), "conflict Protected p\n") << "the manifest says it again";
}

TEST(Protection, OfWhatLostItsMarkerIsNotForgottenByAReleaseByHand) {
  World world = world_of({"Only text", "kms", {"Reader"}, false, true, true});
  EXPECT_EQ(released_by_hand(world), "conflict Protected p\n");

  world.options.protect_releases.due.insert(kSecondKey);
  EXPECT_EQ(released_by_hand(world), "kept Released p\n");
}

TEST(Protection, OfWhatWasPointedElsewhereIsNotTakenOffByAReleaseByHand) {
  for (const bool is_written : {false, true}) {
    World world =
        world_of({mark("prod", kSecondKey, true), "hs", {"Reader"}, false, true, is_written});
    EXPECT_EQ(released_by_hand(world), "conflict Protected p\n") << is_written;

    world.options.protect_releases.due.insert(kSecondKey);
    EXPECT_EQ(released_by_hand(world), "update Released p\n") << is_written;
  }
}

TEST(Protection, KeepsWhatWasProtectedWhereARestorationWouldNarrowThat) {
  World world =
      world_of({mark("prod", kSecondKey, true), "hs", {"Reader", "Writer"}, true, true, true});
  world.ownership.written.own().at(PolicyId("p")).protects->roles = {"Reader", "Writer"};

  const Plan plan = world.plan();

  EXPECT_EQ(test::summary(plan), "create Missing \nkept Protected p\n");
  EXPECT_EQ(parse_description(world.observed[0].content.description).marker->is_protected, true);
}

TEST(Protection, SaysWhoChangedWhatItKeeps) {
  World world = world_of({mark("prod", kSecondKey, true), "hs", {"Reader"}, false, true, true});
  world.observed[0].last_modified_at = "2026-02-03T04:05:06.000Z";

  const Plan plan = world.plan();

  ASSERT_EQ(test::summary(plan), "kept Protected p\n");
  EXPECT_NE(plan.notes[0].message.find(
                "policy p was changed by IBMid-person at 2026-02-03T04:05:06.000Z; it is "
                "protected and not deleted"),
            std::string::npos)
      << plan.notes[0].message;
}

TEST(Protection, OfATwinOfOursCountsWhoeverTouchedThePolicySince) {
  World world = world_of({mark("prod", kSecondKey, true), "kms", {"Reader"}, false, false, true});
  EXPECT_EQ(test::summary(world.plan()), "kept Protected p\n");

  world.observed[0].last_modified_by = test::kUs;
  EXPECT_EQ(test::summary(world.plan()), "kept Protected p\n");
}

TEST(Protection, OutlivesThatSomebodyTakesTheMarkerOff) {
  const World world = world_of({"Only text", "kms", {"Reader"}, false, true, true});

  EXPECT_EQ(test::summary(world.plan()), "kept Protected p\n");
}

}  // namespace
}  // namespace authzd
