// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a plan says about unmanaged policies that a manifest wants.

#include "reconciler/plan/adoption.hpp"

#include "reconciler/plan/canonical.hpp"
#include "reconciler/rails/rails.hpp"
#include "tests/unit/plan/planner_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using test::kPerson;
using test::kUs;
using test::policy;
using test::wanted;
using test::World;
using testing::HasSubstr;
using testing::Not;

const char* const kMade = "2026-01-01T00:00:00.000Z";
const char* const kChanged = "2026-02-02T00:00:00.000Z";
const IamId kTool{"iam-ServiceId-terraform"};

/// A grant, and a policy with its source and target.
World taken(RoleSet has) {
  World world{{wanted("g", "a", "kms")}, {policy("p", "a", "kms", std::move(has))}};
  world.observed[0].created_at = kMade;
  return world;
}

const Note& only_note(const Plan& plan) {
  EXPECT_EQ(plan.notes.size(), 1U);
  return plan.notes.at(0);
}

TEST(Adoption, IsCountedByWhatItTakes) {
  const World same = taken({"Reader"});
  PlanCounts counts = count(same.plan());
  EXPECT_EQ(counts.kept, 1U);
  EXPECT_EQ(counts.identical, 1U);
  EXPECT_EQ(counts.differing, 0U);

  const World other = taken({"Writer"});
  counts = count(other.plan());
  EXPECT_EQ(counts.kept, 0U);
  EXPECT_EQ(counts.differing, 1U);
  EXPECT_EQ(counts.conflicts, 1U);

  World bystander = taken({"Reader"});
  bystander.desired.clear();
  counts = count(bystander.plan());
  EXPECT_EQ(counts.kept + counts.identical + counts.differing, 0U);
  EXPECT_EQ(counts.unmanaged, 1U);
}

TEST(Adoption, NamesTheValueThatItTakesAndShowsTheDifference) {
  const Plan plan = taken({"Writer"}).plan();

  const Note& note = only_note(plan);
  EXPECT_THAT(note.message, HasSubstr("set adopt: always (--adopt always)"));
  ASSERT_TRUE(note.wanted);
  EXPECT_EQ(note.wanted->roles, RoleSet{"Reader"});
}

TEST(Adoption, SaysWhoMadeThePolicyAndWhoChangedIt) {
  World world = taken({"Reader"});
  EXPECT_EQ(only_note(world.plan()).author, (Authorship{kPerson, kMade, {}, {}}));

  world.observed[0].last_modified_by = kTool;
  world.observed[0].last_modified_at = kChanged;
  world.options.adopt = Adopt::identical;
  const Plan plan = world.plan();
  ASSERT_EQ(test::summary(plan), "update Adopted p\n");
  EXPECT_EQ(plan.actions[0].author, (Authorship{kPerson, kMade, kTool, kChanged}));
  EXPECT_FALSE(plan.actions[0].drift) << "it was not ours";
}

TEST(Adoption, SeesWhatLooksLikeOursWithoutItsMarker) {
  World world = taken({"Reader"});
  world.desired[0].grant.description = "Block volumes.";
  world.observed[0].content.description = "Block volumes.";
  EXPECT_FALSE(only_note(world.plan()).may_be_ours) << "nobody has changed it";

  world.observed[0].last_modified_by = kTool;
  world.observed[0].last_modified_at = kChanged;
  const Plan plan = world.plan();
  const Note& note = only_note(plan);
  EXPECT_TRUE(note.may_be_ours);
  EXPECT_THAT(note.message,
              HasSubstr("iam-ServiceId-terraform changed it at " + std::string(kChanged)));
  EXPECT_EQ(count(plan).may_be_ours, 1U);

  world.observed[0].content.description.clear();
  EXPECT_FALSE(only_note(world.plan()).may_be_ours);
  world.observed[0].created_by = kUs;
  EXPECT_THAT(only_note(world.plan()).message, HasSubstr("our own identity made it"));
}

TEST(Adoption, GuessesNothingThatAnApprovalHangsOn) {
  World world = taken({"Reader"});
  world.observed[0].last_modified_at = kChanged;
  const std::string hash = world.plan().hash;
  world.observed[0].created_by = kUs;

  EXPECT_TRUE(only_note(world.plan()).may_be_ours);
  EXPECT_EQ(world.plan().hash, hash) << "a reviewer is somebody else than who applies";
}

TEST(Foreign, SatisfiesAGrantOrShowsTheDifference) {
  World world = taken({"Reader"});
  world.observed[0].template_id = "t";
  EXPECT_EQ(count(world.plan()).kept, 1U);
  EXPECT_EQ(count(world.plan()).identical, 0U) << "nobody can take it over";
  EXPECT_FALSE(leaves_something(world.plan()));

  world.observed[0].content.roles = {"Writer"};
  const Plan plan = world.plan();
  EXPECT_EQ(count(plan).conflicts, 1U);
  ASSERT_TRUE(only_note(plan).wanted);
  EXPECT_EQ(only_note(plan).wanted->description, "") << "no marker would be written";
}

/// Seen by a person with read access, without the state.
TEST(Reviewer, BlamesNobodyForWhatTheInstallationDid) {
  const World installed{
      {wanted("g", "a", "kms", {"Reader", "Writer"})},
      {test::ours("p", wanted("g", "a", "kms")), test::ours("q", wanted("old", "b", "kms"))}};
  World reviewer = installed;
  reviewer.ownership.identities = {IamId("iam-ServiceId-viewer")};
  reviewer.ownership.trusts_markers = true;
  const auto railed = [](const Plan& plan) {
    RailHistory history;
    history.first_deletes_approved = true;
    return apply_rails(plan, {}, history, {});
  };

  const Plan plan = railed(reviewer.plan());

  ASSERT_EQ(plan.actions.size(), 2U);
  EXPECT_FALSE(plan.actions[0].drift);
  EXPECT_FALSE(plan.actions[1].removal->made_by);
  EXPECT_EQ(hash_plan(plan), hash_plan(railed(installed.plan()))) << "holds included";
}

TEST(Named, PlansNothingOfOtherAuthorizations) {
  World world{{wanted("g", "a", "kms"), wanted("h", "b", "kms"), wanted("k", "c", "kms")},
              {test::ours("p", wanted("old", "d", "kms")),
               test::ours("q", world.desired[2]),
               policy("r", "b", "kms")}};
  world.options.names = {"g"};

  const Plan plan = world.plan();

  EXPECT_EQ(test::summary(plan), "create Missing \n");
  EXPECT_EQ(plan.in_sync, 0U);
  EXPECT_EQ(plan.ours, 2U) << "what percents count against";
  world.options.names = {"old", "k"};
  EXPECT_EQ(test::summary(world.plan()), "delete NotDesired p\n");
  EXPECT_EQ(world.plan().in_sync, 1U);
}

}  // namespace
}  // namespace authzd
