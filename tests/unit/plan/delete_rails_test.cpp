// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails that a single delete can trip.

#include "reconciler/plan/rails.hpp"
#include "tests/unit/plan/rails_world.hpp"

#include <gtest/gtest.h>

#include <string>

namespace authzd {
namespace {

using test::history;
using test::plan_with;
using test::railed;
using test::rails_of;
using test::removal;

constexpr std::chrono::hours kDay{24};
const Timestamp kNow = *parse_rfc3339("2026-06-01T00:00:00Z");

RailHistory at_now() {
  RailHistory known = history();
  known.now = kNow;
  return known;
}

/// Why a delete of a policy with these facts is held; empty where it is not.
std::string held_by(const Removal& facts,
                    Reason reason = Reason::not_desired,
                    const RailRules& rules = {}) {
  Action action = removal("1");
  action.removal = facts;
  action.reason = reason;
  return rails_of(railed(plan_with({action}), rules, at_now()).actions[0]);
}

TEST(UseRail, HoldsTheDeleteOfWhatWasUsedOfLate) {
  EXPECT_EQ(held_by({.last_permit_at = kNow - kDay}), "holdUsedWithin");
  EXPECT_EQ(held_by({.last_permit_at = kNow - 30 * kDay}), "holdUsedWithin");
  EXPECT_EQ(held_by({.last_permit_at = kNow - 31 * kDay}), "");
  EXPECT_EQ(held_by({.last_permit_at = kNow + kDay}), "holdUsedWithin") << "IAM's clock is ahead";
}

TEST(UseRail, IsSwitchedOffByZero) {
  EXPECT_EQ(held_by({.last_permit_at = kNow},
                    Reason::not_desired,
                    {.hold_used_within = std::chrono::milliseconds{0}}),
            "");
}

TEST(UseRail, LetsGoWhatAnotherPolicyCoversOrWhatHasExpired) {
  EXPECT_EQ(held_by({.last_permit_at = kNow, .covered_by = PolicyId("q")}), "");
  EXPECT_EQ(held_by({.last_permit_at = kNow, .expires_at = kNow}, Reason::expired), "");
}

TEST(UseRail, HoldsAnUnknownUseOnlyWhereToldTo) {
  EXPECT_EQ(held_by({}), "");
  const RailRules strict{.hold_unknown = true};
  EXPECT_EQ(held_by({}, Reason::not_desired, strict), "holdUnknown");
  EXPECT_EQ(held_by({.covered_by = PolicyId("q")}, Reason::not_desired, strict), "");
  EXPECT_EQ(held_by({}, Reason::expired, strict), "");
  EXPECT_EQ(count(plan_with({removal("1")})).unknown_use, 1U);
}

TEST(UseRail, LeavesANarrowingUpdateToTheCounts) {
  const Plan plan = railed(plan_with({test::update("1", {"Writer"})}), {.hold_unknown = true});
  EXPECT_EQ(rails_of(plan.actions[0]), "");
}

TEST(AdoptedRail, HoldsTheDeleteOfWhatSomeoneElseMade) {
  EXPECT_EQ(held_by({.made_by = IamId("IBMid-person")}), "adopted");
  EXPECT_EQ(held_by({.made_by = IamId("")}), "adopted") << "nobody knows who made it";
  EXPECT_EQ(held_by({.made_by = IamId("IBMid-person")}, Reason::expired), "adopted");
}

TEST(UnmarkedRail, HoldsTheDeleteUntilApprovedAndThenSettlesTheConflict) {
  Action action = removal("1");
  action.reason = Reason::unmarked;
  Plan plan = plan_with({action});
  Note& note = plan.notes.emplace_back();
  note.kind = NoteKind::conflict;
  note.reason = kUnmarkedNote;
  note.id = action.id;
  const Plan back = railed(plan);

  ASSERT_EQ(rails_of(back.actions[0]), "unmarked");
  EXPECT_EQ(count(back).conflicts, 1U);

  const Plan let = railed(plan, {}, history(), {back.actions[0].holds[0].hash});
  EXPECT_EQ(count(let).removes, 1U);
  EXPECT_EQ(count(let).conflicts, 0U);
}

TEST(FirstDeletes, AreHeldUntilApprovedOnce) {
  const Plan plan = test::plan_of(2, 1, 1000);
  const Plan back = railed(plan, {}, {});

  EXPECT_EQ(count(back).creates, 1U);
  EXPECT_EQ(rails_of(back.actions[1]), "firstDeletes");
  EXPECT_EQ(test::held(back), 2U);
  EXPECT_EQ(test::held(railed(plan, {}, {}, {back.actions[1].holds[0].hash})), 0U);
  EXPECT_EQ(test::held(railed(plan, {}, history())), 0U);
}

TEST(Rails, ThatHoldTheSameDeleteAreApprovedOneByOne) {
  Action action = removal("1");
  action.removal->made_by = IamId("IBMid-person");
  action.removal->last_permit_at = kNow;
  const Plan plan = plan_with({action});
  RailHistory known = at_now();
  known.first_deletes_approved = false;
  const Plan back = railed(plan, {}, known);
  ASSERT_EQ(rails_of(back.actions[0]), "holdUsedWithin firstDeletes adopted");

  std::set<std::string> approved;
  for (const Hold& hold : back.actions[0].holds) {
    EXPECT_EQ(test::held(railed(plan, {}, known, approved)), 1U) << "before " << hold.rail;
    approved.insert(hold.hash);
  }
  EXPECT_EQ(test::held(railed(plan, {}, known, approved)), 0U);
}

}  // namespace
}  // namespace authzd
