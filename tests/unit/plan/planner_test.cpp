// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The truth table above the planner, row by row, and what the table does not cover.

#include "reconciler/plan/planner.hpp"

#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/release.hpp"
#include "tests/unit/plan/planner_world.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using test::altered;
using test::expired;
using test::key_for;
using test::kPerson;
using test::kUs;
using test::marked;
using test::ours;
using test::policy;
using test::released;
using test::summary;
using test::suspended;
using test::wanted;
using test::WantedGrant;
using test::World;

Observed with_text(Observed p, std::string description) {
  p.content.description = std::move(description);
  return p;
}

WantedGrant saying(WantedGrant g, std::string description) {
  g.grant.description = std::move(description);
  return g;
}

WantedGrant unresolved(WantedGrant g, ErrorCode code) {
  g.roles = Error{code, "no such role"};
  return g;
}

struct PlannerRow {
  std::string name;
  std::vector<WantedGrant> desired;
  std::vector<Observed> observed;
  std::string expected;
  std::function<void(World&)> change = [](World&) {};
};

std::vector<PlannerRow> planner_rows() {
  const WantedGrant g = wanted("g", "a", "kms");
  const WantedGrant other = wanted("other", "a", "hs");
  const auto adopt = [](Adopt how) { return [how](World& w) { w.options.adopt = how; }; };
  const auto known = [](World& w) {
    w.ownership.known.own().emplace(PolicyId("p"), PolicyOrigin::adopted);
  };
  const auto inherits = [](const WantedGrant& before) {
    return [before](World& w) {
      w.options.inherited.emplace(before.grant.key, document_of(before.grant));
    };
  };
  Observed service = policy("p", "a", "kms");
  service.created_by = IamId("crn:v1:bluemix:public:databases");
  Observed enterprise = policy("p", "a", "kms");
  enterprise.template_id = "t";
  Observed enterprise_writer = policy("p", "a", "kms", {"Writer"});
  enterprise_writer.template_id = "t";
  Observed service_writer = policy("p", "a", "kms", {"Writer"});
  service_writer.created_by = service.created_by;
  Observed taken_over = ours("p", g);
  taken_over.template_id = "t";
  const Observed theirs =
      with_text(policy("p", "a", "kms"), "(authzd: dev/g#" + key_for("a", "kms").hash12() + ")");
  const Observed copied = with_text(policy("p", "a", "kms"), marked("g", key_for("a", "kms")));
  const Observed rivals = with_text(
      ours("p", g), marked("g", key_for("a", "kms")) + " " + marked("h", key_for("a", "kms")));
  const std::string theirs_marker = "(authzd: dev/g#" + key_for("a", "kms").hash12() + ")";
  const Observed rivals_last_theirs =
      with_text(ours("p", g), marked("g", key_for("a", "kms")) + " " + theirs_marker);
  const Observed rivals_of_others =
      with_text(ours("p", g), "(authzd: test/h#0123456789ab) " + theirs_marker);
  Observed queued = altered("q", "kms");
  queued.content.description = marked("other", key_for("a", "hs"));
  Observed extras = ours("p", g);
  extras.content.extras["rule"] = "{}";
  return {
      {"NoneWanted", {g}, {}, "create Missing \n"},
      {"NoneSuspended", {suspended(g)}, {}, "kept Suspended \n"},
      {"NoneUnknownRole",
       {unresolved(g, ErrorCode::invalid_manifest)},
       {},
       "conflict UnknownRole \n"},
      {"NoneLookupFailed", {unresolved(g, ErrorCode::timeout)}, {}, "conflict RoleLookupFailed \n"},
      {"NoneReleased", {released(g)}, {}, "kept Released \n"},
      {"NoneExpired", {expired(g)}, {}, ""},
      {"OursEqual", {g}, {ours("p", g)}, ""},
      {"OursOtherRoles",
       {wanted("g", "a", "kms", {"Writer"})},
       {ours("p", g)},
       "update RolesDiffer p\n"},
      {"OursExtras", {g}, {extras}, "update ExtrasDiffer p\n"},
      {"OursOtherText",
       {saying(g, "")},
       {with_text(ours("p", g), "hand " + marked("g", key_for("a", "kms")))},
       "update TextDiffers p\n"},
      {"OursWithATextThatNoManifestSpeaksOf",
       {g},
       {with_text(ours("p", g), "hand " + marked("g", key_for("a", "kms")))},
       ""},
      {"OursRenamed", {wanted("new", "a", "kms")}, {ours("p", g)}, "update MarkerRewritten p\n"},
      {"OursTwice", {g}, {ours("p", g), ours("q", g)}, "delete NotDesired q\n"},
      {"OursUnwanted", {}, {ours("p", g)}, "delete NotDesired p\n"},
      {"OursExpired", {expired(g)}, {ours("p", g)}, "delete Expired p\n"},
      {"OursReleased", {released(g)}, {ours("p", g)}, "update Released p\n"},
      {"OursSuspended", {suspended(g)}, {ours("p", g)}, "kept Suspended p\n"},
      {"OursUnknownRole",
       {unresolved(g, ErrorCode::invalid_manifest)},
       {ours("p", g)},
       "conflict UnknownRole p\n"},
      {"SuspendedWithWhatItHadBefore",
       {suspended(wanted("g", "a", "moved"))},
       {ours("p", g)},
       "kept Suspended \nkept Suspended p\n",
       inherits(g)},
      {"SuspendedByNameAlone",
       {suspended(wanted("g", "a", "moved"))},
       {ours("p", g)},
       "delete NotDesired p\nkept Suspended \n"},
      {"SuspendedWithWhatItHadBeforeAltered",
       {suspended(wanted("g", "a", "moved"))},
       {altered("p", "hs")},
       "kept Suspended \nkept Suspended p\n",
       inherits(g)},
      {"SuspendedWithWhatItHadBeforeUnmarked",
       {suspended(wanted("g", "a", "moved"))},
       {policy("p", "a", "kms")},
       "kept Suspended p\nkept Suspended \n",
       [known, inherits = inherits(g)](World& w) {
         known(w);
         inherits(w);
       }},
      {"ReleasedWithWhatItHadBefore",
       {released(wanted("g", "a", "moved"))},
       {ours("p", g)},
       "update Released p\nkept Released \n",
       inherits(g)},
      {"ReleasedByNameAlone",
       {released(wanted("g", "a", "moved"))},
       {ours("p", g)},
       "delete NotDesired p\nkept Released \n"},
      {"AlteredRestored", {g}, {altered("p", "hs")}, "update Altered p\n"},
      {"AlteredTwice",
       {g},
       {altered("p", "hs"), altered("q", "cos")},
       "update Altered p\ndelete Altered q\n"},
      {"AlteredConverted", {g, other}, {ours("o", g), altered("p", "hs")}, "update Altered p\n"},
      {"AlteredLeavesItsKey",
       {g, other},
       {altered("p", "hs")},
       "update Altered p\nkept Follows \n"},
      {"AlteredUnwanted", {}, {altered("p", "hs")}, "delete Altered p\n"},
      {"AlteredProtected", {g}, {altered("p", "hs", true)}, "update Altered p\n"},
      {"AlteredProtectedUnwanted", {}, {altered("p", "hs", true)}, "kept Protected p\n"},
      {"UnmarkedWanted", {g}, {policy("p", "a", "kms")}, "update MarkerRestored p\n", known},
      {"UnmarkedUnwanted",
       {},
       {policy("p", "a", "kms")},
       "delete Unmarked p\nconflict Unmarked p\n",
       known},
      {"UnmanagedIdentical", {g}, {policy("p", "a", "kms")}, "kept Unmanaged p\n"},
      {"UnmanagedIdenticalAdopted",
       {g},
       {policy("p", "a", "kms")},
       "update Adopted p\n",
       adopt(Adopt::identical)},
      {"UnmanagedDiffers", {g}, {policy("p", "a", "kms", {"W"})}, "conflict Unmanaged p\n"},
      {"UnmanagedDiffersNotIdentical",
       {g},
       {policy("p", "a", "kms", {"W"})},
       "conflict Unmanaged p\n",
       adopt(Adopt::identical)},
      {"UnmanagedDiffersAdopted",
       {g},
       {policy("p", "a", "kms", {"W"})},
       "update Adopted p\n",
       adopt(Adopt::always)},
      {"UnmanagedUnwanted", {}, {policy("p", "a", "kms")}, "unmanaged Unmanaged p\n"},
      {"TheirsWanted", {g}, {theirs}, "conflict OtherOwner p\n"},
      {"TheirsKnown", {}, {theirs}, "conflict OtherOwner p\n", known},
      {"TheirsUnwanted", {}, {theirs}, "unmanaged OtherOwner p\n"},
      {"TheirsFormerlyUs",
       {g},
       {theirs},
       "update MarkerRewritten p\n",
       [](World& w) {
         w.ownership.previous_owners.insert("dev");
         w.ownership.known.own().emplace(PolicyId("p"), PolicyOrigin::adopted);
       }},
      {"ServiceWanted", {g}, {service}, "kept ServiceMade p\n"},
      {"ServiceWantedOtherwise", {g}, {service_writer}, "conflict ServiceMade p\n"},
      {"ServiceUnwanted", {}, {service}, "unmanaged ServiceMade p\n"},
      {"EnterpriseWanted", {g}, {enterprise}, "kept EnterpriseTemplate p\n"},
      {"EnterpriseWantedOtherwise", {g}, {enterprise_writer}, "conflict EnterpriseTemplate p\n"},
      {"EnterpriseTookOverOurs", {}, {taken_over}, "conflict EnterpriseTemplate p\n"},
      {"EnterpriseTookOverWhatTheStateKnows",
       {},
       {enterprise},
       "conflict EnterpriseTemplate p\n",
       known},
      {"EnterpriseUnwanted", {}, {enterprise}, "unmanaged EnterpriseTemplate p\n"},
      {"CopiedMarker", {}, {copied}, "conflict Disputed p\n"},
      {"RivalMarkers", {g}, {rivals}, "conflict Disputed p\n"},
      {"RivalMarkersOfWhatTheStateKnows", {g}, {rivals}, "update Altered p\n", known},
      {"RivalMarkersLastTheirsUnwanted", {}, {rivals_last_theirs}, "delete Altered p\n", known},
      {"RivalMarkersLastTheirs", {}, {rivals_last_theirs}, "conflict Disputed p\n"},
      {"RivalMarkersOfOthers", {}, {rivals_of_others}, "unmanaged OtherOwner p\n"},
      {"RivalMarkersOfOthersWanted", {g}, {rivals_of_others}, "conflict OtherOwner p\n"},
      {"AlteredWaits",
       {g, other},
       {altered("p", "is"), queued},
       "update Altered q\nkept Follows p\n"},
      {"UnknownRoleSparesAlteredAtItsKey",
       {unresolved(wanted("h", "a", "hs"), ErrorCode::timeout)},
       {altered("p", "hs")},
       "conflict RoleLookupFailed p\n"},
      {"UnknownRoleSparesItsAltered",
       {unresolved(g, ErrorCode::timeout)},
       {altered("p", "hs")},
       "conflict RoleLookupFailed \nkept UnknownRole p\n"},
      {"UnknownRoleSparesItsFormerTargets",
       {unresolved(g, ErrorCode::timeout)},
       {ours("p", wanted("g", "a", "former"))},
       "conflict RoleLookupFailed \nkept UnknownRole p\n",
       inherits(wanted("g", "a", "former"))},
      {"UnknownRoleSparesNothingByNameAlone",
       {unresolved(g, ErrorCode::timeout)},
       {ours("p", wanted("g", "a", "former"))},
       "delete NotDesired p\nconflict RoleLookupFailed \n"},
      {"UnknownRoleLetsASiblingBeRestored",
       {unresolved(wanted("g", "a", "cos"), ErrorCode::timeout), g},
       {altered("p", "hs")},
       "update Altered p\nconflict RoleLookupFailed \n"},
      {"UnknownRoleSparesTheDoubleOfASibling",
       {unresolved(g, ErrorCode::timeout), wanted("g", "a", "hs")},
       {ours("p", wanted("g", "a", "hs")), ours("q", wanted("g", "a", "hs"))},
       "conflict RoleLookupFailed \nkept UnknownRole q\n"},
      {"UnknownRoleLetsItsSiblingGoOn",
       {unresolved(g, ErrorCode::timeout), wanted("g", "a", "hs", {"Writer"})},
       {ours("p", wanted("g", "a", "hs"))},
       "update RolesDiffer p\nconflict RoleLookupFailed \n"},
      {"UnknownRoleExpired",
       {unresolved(expired(g), ErrorCode::timeout)},
       {ours("p", g)},
       "delete Expired p\n"},
  };
}

class PlannerTable : public testing::TestWithParam<PlannerRow> {};

TEST_P(PlannerTable, DecidesAsTheTableSays) {
  const PlannerRow& row = GetParam();
  World world{row.desired, row.observed};
  row.change(world);

  EXPECT_EQ(summary(world.plan()), row.expected);
}

std::string row_name(const testing::TestParamInfo<PlannerRow>& row) {
  return row.param.name;
}

INSTANTIATE_TEST_SUITE_P(PlannerRow, PlannerTable, testing::ValuesIn(planner_rows()), row_name);

TEST(Planner, SwapsNothingThatIsSwappedButRewritesInPlace) {
  const WantedGrant a = wanted("a", "x", "kms");
  const WantedGrant b = wanted("b", "x", "hs");
  Observed p = ours("p", a);
  Observed q = ours("q", b);
  std::swap(p.content.description, q.content.description);

  const Plan plan = World{{a, b}, {p, q}}.plan();

  ASSERT_EQ(plan.actions.size(), 2U);
  for (const Action& action : plan.actions) {
    EXPECT_EQ(action.verb, Verb::update);
    EXPECT_EQ(action.risk, Risk::neutral);
  }
}

TEST(Planner, NeverNarrowsOrDeletesWhatIsProtected) {
  WantedGrant g = wanted("g", "a", "kms", {"Reader", "Writer"});
  g.grant.is_protected = true;
  const Observed p = ours("p", g);

  EXPECT_EQ(summary(World{{}, {p}}.plan()), "kept Protected p\n");
  EXPECT_EQ(summary(World{{wanted("g", "a", "kms")}, {p}}.plan()), "kept Protected p\n");
}

TEST(Planner, NarrowsNothingByTakingItOverAndProtectingIt) {
  WantedGrant g = wanted("g", "a", "kms");
  g.grant.is_protected = true;
  World world{{g}, {policy("p", "a", "kms", {"Reader", "Writer"})}};
  world.options.adopt = Adopt::always;

  EXPECT_EQ(summary(world.plan()), "conflict Protected p\n");

  world.observed = {policy("p", "a", "kms", {"Reader"})};
  EXPECT_EQ(summary(world.plan()), "update Adopted p\n");
}

TEST(Planner, KeepsTheExclamationMarkUntilItsReleaseIsDue) {
  WantedGrant g = wanted("g", "a", "kms");
  g.grant.is_protected = true;
  World world{{wanted("g", "a", "kms")}, {ours("p", g)}};

  EXPECT_EQ(summary(world.plan()), "");
  world.options.protect_releases.due.insert(g.grant.key);
  EXPECT_EQ(summary(world.plan()), "update MarkerRewritten p\n");
}

TEST(Planner, KeepsATextThatItsManifestDoesNotSpeakOf) {
  World world{{wanted("g", "a", "kms")}, {policy("p", "a", "kms")}};
  world.observed[0].content.description = "Volumes,\nand more.";
  world.options.adopt = Adopt::identical;

  const Plan kept = world.plan();
  world.desired = {saying(wanted("g", "a", "kms"), "")};
  const Plan removed = world.plan();

  ASSERT_EQ(kept.actions.size(), 1U);
  EXPECT_EQ(parse_description(kept.actions[0].after->description).text, "Volumes,\nand more.");
  ASSERT_EQ(removed.actions.size(), 1U);
  EXPECT_EQ(parse_description(removed.actions[0].after->description).text, "");
}

TEST(Planner, ReleasesWithTheTextOfThePerson) {
  WantedGrant g = wanted("g", "a", "kms");
  g.grant.description = "Volumes.";

  const Plan plan = World{{released(g)}, {ours("p", g)}}.plan();

  ASSERT_EQ(plan.actions.size(), 1U);
  EXPECT_EQ(plan.actions[0].after->description, "Volumes.");
  EXPECT_EQ(plan.actions[0].risk, Risk::neutral);
}

TEST(Planner, ReleasesNothingThatItsPutWouldWiden) {
  const WantedGrant g = wanted("g", "a", "kms");
  Observed narrowed = ours("p", g);
  narrowed.content.extras["rule"] = R"({"operator":"dateTimeLessThan"})";

  EXPECT_EQ(summary(World{{released(g)}, {narrowed}}.plan()), "conflict CannotRelease p\n");
  EXPECT_EQ(summary(make_release_plan(test::kAccount, {&narrowed, 1}, test::prod(), {})),
            "conflict CannotRelease p\n");
  narrowed.content.extras.clear();
  EXPECT_EQ(summary(make_release_plan(test::kAccount, {&narrowed, 1}, test::prod(), {})),
            "update Released p\n");
}

TEST(Planner, NamesWhoCausedDrift) {
  const WantedGrant g = wanted("g", "a", "kms");
  Observed p = ours("p", g);
  p.content.roles.insert("Manager");
  p.last_modified_by = kPerson;

  const Plan plan = World{{g}, {p}}.plan();

  ASSERT_EQ(plan.actions.size(), 1U);
  ASSERT_TRUE(plan.actions[0].drift);
  EXPECT_EQ(plan.actions[0].drift->by, kPerson);
}

TEST(Planner, IgnoresDeletedPoliciesAndFoldsDoubles) {
  const WantedGrant g = wanted("g", "a", "kms");
  Observed gone = ours("p", g);
  gone.state = PolicyState::deleted;

  EXPECT_EQ(summary(World{{g}, {gone}}.plan()), "create Missing \n");
  const Plan folded = World{{g}, {ours("p", g), ours("p", g)}}.plan();
  EXPECT_EQ(summary(folded), "");
  EXPECT_EQ(folded.ours, 1U);
  EXPECT_EQ(folded.in_sync, 1U);
}

TEST(Planner, ShowsInObserveModeWhatItWouldDo) {
  World world{{wanted("g", "a", "kms")}, {}};
  world.options.mode = Mode::observe;

  const Plan plan = world.plan();

  EXPECT_EQ(summary(plan), "kept Mode \n");
  ASSERT_EQ(plan.notes[0].dropped.size(), 1U);
  EXPECT_EQ(plan.notes[0].dropped[0].verb, Verb::create);
}

TEST(Planner, SaysWhereTheModeKeepsAnExpiredGrant) {
  const WantedGrant g = wanted("g", "a", "kms");
  World world{{expired(g)}, {ours("p", g)}};
  world.options.mode = Mode::upsert_only;

  EXPECT_EQ(summary(world.plan()), "kept Expired p\n");
}

TEST(Planner, HashKnowsNoOrder) {
  Plan plan = World{{wanted("g", "a", "kms"), wanted("h", "a", "hs")},
                    {policy("p", "b", "kms"), policy("q", "b", "hs")}}
                  .plan();
  ASSERT_EQ(plan.actions.size(), 2U);
  ASSERT_EQ(plan.notes.size(), 2U);

  std::swap(plan.actions[0], plan.actions[1]);
  std::swap(plan.notes[0], plan.notes[1]);

  EXPECT_EQ(hash_plan(plan), plan.hash);
}

TEST(PlanOptions, ReadTheWordsThatTheyWrite) {
  for (const Mode mode : {Mode::observe, Mode::create_only, Mode::upsert_only, Mode::sync}) {
    EXPECT_EQ(parse_mode(to_string(mode)), mode);
  }
  for (const Adopt adopt : {Adopt::never, Adopt::identical, Adopt::always}) {
    EXPECT_EQ(parse_adopt(to_string(adopt)), adopt);
  }
  EXPECT_EQ(parse_mode("upsert-only"), Mode::upsert_only);
  EXPECT_EQ(parse_adopt("identical"), Adopt::identical);
  for (const char* text : {"", "Sync", "sync ", "upsert_only", "never"}) {
    EXPECT_FALSE(parse_mode(text)) << text;
  }
  EXPECT_FALSE(parse_adopt("sync"));
}

TEST(Planner, HashesWhatWouldBeDoneAndNotWhereItIsWritten) {
  World world{{wanted("g", "a", "kms")}, {}};
  const std::string hash = world.plan().hash;

  world.desired[0].grant.position.line = 99;
  EXPECT_EQ(world.plan().hash, hash);
  world.desired[0].roles = RoleSet{"Writer"};
  EXPECT_NE(world.plan().hash, hash);
}

}  // namespace
}  // namespace authzd
