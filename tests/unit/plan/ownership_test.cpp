// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The owner of a policy (design §5), and what an operator sees when owners or identities meet.

#include "reconciler/plan/ownership.hpp"

#include "tests/unit/plan/planner_world.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using test::key_for;
using test::kPerson;
using test::kUs;
using test::ours;
using test::policy;
using test::summary;
using test::wanted;
using test::WantedGrant;
using test::World;

const Key kKey = key_for("a", "kms");

std::string marker_of(const std::string& owner, const Key& key = kKey) {
  return render_description("", Marker{owner, "g", key.hash12(), false});
}

struct Row {
  std::string name;
  OwnerClass expected;
  std::function<void(Observed&, Ownership&)> change;
};

void known(Ownership& us) {
  us.known.own().emplace(PolicyId("p"), PolicyOrigin::adopted);
}

/// The table of design §5; each row starts as a policy that a person made, without a marker.
std::vector<Row> rows() {
  return {
      {"Template", OwnerClass::foreign, [](Observed& p, Ownership&) { p.template_id = "t"; }},
      {"TemplateWithOurMarker",
       OwnerClass::foreign,
       [](Observed& p, Ownership& us) {
         p.template_id = "t";
         p.content.description = marker_of("prod");
         known(us);
       }},
      {"ServiceMade",
       OwnerClass::foreign,
       [](Observed& p, Ownership& us) {
         p.created_by = IamId("crn:v1:bluemix:public:databases::::");
         p.content.description = marker_of("prod");
         known(us);
       }},
      {"OtherOwner",
       OwnerClass::theirs,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("dev");
         p.created_by = kUs;
         known(us);
       }},
      {"MadeByUs",
       OwnerClass::ours,
       [](Observed& p, Ownership&) {
         p.content.description = marker_of("prod");
         p.created_by = kUs;
       }},
      {"LastChangedByUs",
       OwnerClass::ours,
       [](Observed& p, Ownership&) {
         p.content.description = marker_of("prod");
         p.last_modified_by = kUs;
       }},
      {"KnownToTheState",
       OwnerClass::ours,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("prod");
         known(us);
       }},
      {"PreviousOwnerName",
       OwnerClass::ours,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("old");
         us.previous_owners.insert("old");
         known(us);
       }},
      {"Altered",
       OwnerClass::altered,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("prod", key_for("a", "hs"));
         known(us);
       }},
      {"Unmarked", OwnerClass::unmarked, [](Observed&, Ownership& us) { known(us); }},
      {"OurMarkerWithoutAWitness",
       OwnerClass::disputed,
       [](Observed& p, Ownership&) { p.content.description = marker_of("prod"); }},
      {"TwoMarkersOfWhatTheStateKnows",
       OwnerClass::altered,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("prod") + " " + marker_of("dev");
         known(us);
       }},
      {"TwoMarkersWithOursLast",
       OwnerClass::altered,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("dev") + " " + marker_of("prod");
         known(us);
       }},
      {"TwoMarkersOfOurs",
       OwnerClass::altered,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("prod") + " " + marker_of("prod", key_for("b", "kms"));
         known(us);
       }},
      {"TwoMarkersThatOnlyTheIdentityWitnesses",
       OwnerClass::disputed,
       [](Observed& p, Ownership&) {
         p.content.description = marker_of("dev") + " " + marker_of("prod");
         p.created_by = kUs;
       }},
      {"TheSameMarkerTwice",
       OwnerClass::ours,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("prod") + " " + marker_of("prod");
         known(us);
       }},
      {"TwoMarkersOfOthers",
       OwnerClass::theirs,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("dev") + " " + marker_of("test");
         known(us);
       }},
      {"OurMarkerTakenAtItsWord",
       OwnerClass::ours,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("prod");
         us.trusts_markers = true;
       }},
      {"OurMarkerOfAnotherKeyTakenAtItsWord",
       OwnerClass::disputed,
       [](Observed& p, Ownership& us) {
         p.content.description = marker_of("prod", key_for("b", "kms"));
         us.trusts_markers = true;
       }},
      {"NoMarker", OwnerClass::unmanaged, [](Observed&, Ownership&) {}},
      {"NoMarkerMadeByUs",
       OwnerClass::unmanaged,
       [](Observed& p, Ownership&) { p.created_by = kUs; }},
  };
}

class OwnerTable : public testing::TestWithParam<Row> {};

TEST_P(OwnerTable, ClassesAsTheDesignSays) {
  Observed p = policy("p", "a", "kms");
  Ownership us = test::prod();
  GetParam().change(p, us);

  const Description text = with_own_marker(parse_description(p.content.description), kKey, us);

  EXPECT_EQ(classify_owner(p, text, kKey, us), GetParam().expected);
}

std::string name_of(const testing::TestParamInfo<Row>& row) {
  return row.param.name;
}

INSTANTIATE_TEST_SUITE_P(Row, OwnerTable, testing::ValuesIn(rows()), name_of);

/// Everything `world` does until nothing is left to do: the lines of each plan, and what is left.
std::string settled(World& world) {
  std::string text;
  for (int cycle = 0; cycle < 4; ++cycle) {
    const Plan plan = world.plan();
    text += summary(plan) + "--\n";
    if (plan.actions.empty()) break;
    world.observed = test::perform(std::move(world.observed), plan.actions);
  }
  return text;
}

TEST(Owners, ThatWantOneKeyMeetInAConflictAndNeitherWrites) {
  const WantedGrant g = wanted("g", "a", "kms");
  World first{{g}, {}};
  ASSERT_EQ(settled(first), "create Missing \n--\n--\n");

  World second{{wanted("mine", "a", "kms", {"Writer"})}, first.observed};
  second.ownership.owner = "dev";

  EXPECT_EQ(settled(second), "conflict OtherOwner made-0\n--\n");
  EXPECT_EQ(settled(first), "--\n") << "the one that has it is not troubled";
}

TEST(Owners, ThatChangeTheirNameKeepTheirPolicies) {
  const WantedGrant g = wanted("g", "a", "kms");
  World renamed{{g}, {ours("p", g)}};
  renamed.ownership.owner = "production";
  EXPECT_EQ(settled(renamed), "conflict OtherOwner p\n--\n") << "without previousOwners";

  renamed.ownership.previous_owners = {"prod"};
  EXPECT_EQ(settled(renamed), "update MarkerRewritten p\n--\n--\n");
  EXPECT_EQ(parse_description(renamed.observed[0].content.description).marker->owner, "production");
}

TEST(Owners, ThatChangeTheirNamePruneUnderTheOldOneToo) {
  World renamed{{}, {ours("p", wanted("g", "a", "kms"))}};
  renamed.ownership.owner = "production";
  renamed.ownership.previous_owners = {"prod"};

  EXPECT_EQ(settled(renamed), "delete NotDesired p\n--\n--\n");
}

TEST(Owners, ThatRotateTheirIdentityAreWitnessedByTheState) {
  const WantedGrant g = wanted("g", "a", "kms");
  World rotated{{g}, {ours("p", g)}};
  rotated.ownership.identities = {IamId("iam-ServiceId-new")};
  EXPECT_EQ(settled(rotated), "conflict Disputed p\n--\n") << "state lost as well";

  rotated.ownership.known = {{PolicyId("p"), PolicyOrigin::adopted}};
  EXPECT_EQ(settled(rotated), "--\n");
  rotated.ownership.known.own().clear();
  rotated.ownership.identities.insert(kUs);
  EXPECT_EQ(settled(rotated), "--\n") << "the former identity is among `identities`";
}

TEST(Owners, WithACopiedConfigurationOnASecondHostDisputeWhatTheFirstMade) {
  const WantedGrant g = wanted("g", "a", "kms");
  World first{{g}, {ours("p", g)}};
  World copy{{}, first.observed};
  copy.ownership.identities = {IamId("iam-ServiceId-second-host")};

  EXPECT_EQ(settled(copy), "conflict Disputed p\n--\n");
  EXPECT_EQ(settled(first), "--\n");
}

TEST(Owners, WhoseMarkerWasTakenOffWriteItBackOrAsk) {
  World wanting{{wanted("g", "a", "kms")}, {policy("p", "a", "kms")}};
  wanting.ownership.known = {{PolicyId("p"), PolicyOrigin::adopted}};
  EXPECT_EQ(settled(wanting), "update MarkerRestored p\n--\n--\n");

  World idle{{}, {policy("p", "a", "kms")}};
  idle.ownership.known = {{PolicyId("p"), PolicyOrigin::adopted}};
  EXPECT_EQ(summary(idle.plan()), "delete Unmarked p\nconflict Unmarked p\n");

  World letting_go{{test::released(wanted("g", "a", "kms"))}, {policy("p", "a", "kms")}};
  letting_go.ownership.known = {{PolicyId("p"), PolicyOrigin::adopted}};
  EXPECT_EQ(summary(letting_go.plan()), "kept Released p\n");
}

/// Our policy, known to the state, to which a person gave another role and a second marker.
World with_second_marker(const std::string& before, const std::string& behind) {
  World world{{wanted("g", "a", "kms")}, {ours("p", wanted("g", "a", "kms"))}};
  Observed& p = world.observed[0];
  p.content.roles = {"Manager"};
  p.content.description = before + p.content.description + behind;
  p.last_modified_by = kPerson;
  world.ownership.known = {{PolicyId("p"), PolicyOrigin::adopted}};
  return world;
}

TEST(Owners, RepairWhatSomeoneGaveASecondMarker) {
  const std::string theirs = marker_of("dev");
  const std::string ours_elsewhere = marker_of("prod", key_for("b", "hs"));
  for (const auto& [before, behind] :
       std::vector<std::pair<std::string, std::string>>{{"", " " + theirs},
                                                        {theirs + " ", ""},
                                                        {"", ours_elsewhere},
                                                        {ours_elsewhere, theirs}}) {
    World world = with_second_marker(before, behind);
    const std::string said = before + "|" + behind;

    EXPECT_EQ(settled(world), "update Altered p\n--\n--\n") << said;

    EXPECT_EQ(world.observed[0].content, ours("p", wanted("g", "a", "kms")).content) << said;
  }
}

TEST(Owners, RepairTheAttributesToWhereEveryMarkerWasForged) {
  World world = with_second_marker("", " " + marker_of("prod", key_for("b", "hs")));
  world.observed[0].content.subject = test::subject_of("c");

  EXPECT_EQ(settled(world), "update Altered p\n--\n--\n");
  EXPECT_EQ(key_of(test::kAccount, world.observed[0].content), kKey);
}

TEST(Owners, TakeNoProtectionOffByASecondMarker) {
  WantedGrant g = wanted("g", "a", "kms");
  g.grant.is_protected = true;
  World world{{}, {ours("p", g)}};
  world.observed[0].content.description += " " + marker_of("prod");
  world.ownership.known = {{PolicyId("p"), PolicyOrigin::adopted}};

  EXPECT_EQ(settled(world), "kept Protected p\n--\n");
}

TEST(Owners, TakeWhatOnlyLooksLikeAMarkerForText) {
  for (const char* odd : {" (authzd:prod/g#0123456789ab)",
                          " (authzd: prod/g#0123456789ab )",
                          " (authzd:\u00a0prod/g#0123456789ab)",
                          " (AUTHZD: prod/g#0123456789ab)",
                          " (authzd: prod/\u0261#0123456789ab)",
                          " (authzd: prod/g#0123456789ab"}) {
    World world{{wanted("g", "a", "kms")}, {ours("p", wanted("g", "a", "kms"))}};
    world.desired[0].grant.description = "";
    world.observed[0].content.description += odd;

    EXPECT_EQ(settled(world), "update TextDiffers p\n--\n--\n") << odd;
  }
}

TEST(Owners, ShowAReadOnlyPlanWhatTheirMarkersSayAndThatNothingElseDoes) {
  const WantedGrant g = wanted("g", "a", "kms");
  World ci{{g}, {ours("p", g), ours("q", wanted("old", "b", "kms"))}};
  ci.ownership.identities = {IamId("iam-ServiceId-ci")};
  World daemon = ci;
  daemon.ownership = test::prod();
  ci.ownership.trusts_markers = true;

  const Plan plan = ci.plan();

  EXPECT_EQ(summary(plan), "delete NotDesired q\nkept MarkersTrusted \n");
  EXPECT_EQ(plan.hash, daemon.plan().hash) << "a reviewer's hash is the one that is applied";
}

/// The message of the plan's only note.
std::string advice(const World& world) {
  const Plan plan = world.plan();
  EXPECT_EQ(plan.notes.size(), 1U);
  return plan.notes.empty() ? std::string() : plan.notes[0].message;
}

TEST(Owners, AreAdvisedToNameAMakerOnlyWhereItsMarkerFits) {
  const WantedGrant g = wanted("g", "a", "kms");
  World lost{{g}, {ours("p", g)}};
  lost.ownership.identities = {IamId("iam-ServiceId-new")};
  EXPECT_NE(advice(lost).find("if iam-ServiceId-us was the identity of this installation"),
            std::string::npos);
  lost.ownership.identities.insert(kUs);
  EXPECT_EQ(settled(lost), "--\n");

  World copied{{}, {policy("q", "b", "kms")}};
  copied.observed[0].content.description = ours("p", g).content.description;
  EXPECT_EQ(advice(copied).find("identities,"), std::string::npos);
  EXPECT_NE(advice(copied).find("take the marker out of its description"), std::string::npos);
  copied.observed[0].content.description.clear();
  EXPECT_EQ(settled(copied), "unmanaged Unmanaged q\n--\n");
}

TEST(Owners, SeeACopyOfTheirMarkerForWhatItIs) {
  const WantedGrant g = wanted("g", "a", "kms");
  Observed copy = policy("q", "b", "kms");
  copy.content.description = ours("p", g).content.description;

  EXPECT_EQ(summary(World{{g}, {ours("p", g), copy}}.plan()), "conflict Disputed q\n");
  EXPECT_EQ(copy.created_by, kPerson);
}

}  // namespace
}  // namespace authzd
