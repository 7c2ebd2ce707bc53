// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails that a single delete can trip.

#include "reconciler/rails/rails.hpp"
#include "tests/unit/rails/rails_world.hpp"

#include <gmock/gmock.h>
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

/// Why a delete of a policy with these facts is held; empty if it is not.
std::string delete_held_by(const Removal& facts,
                           Reason reason = Reason::not_desired,
                           const RailRules& rules = {}) {
  Action action = removal("1");
  action.removal = facts;
  action.reason = reason;
  return rails_of(railed(plan_with({action}), rules, at_now()).actions[0]);
}

TEST(UseRail, HoldsTheDeleteOfWhatWasUsedOfLate) {
  EXPECT_EQ(delete_held_by({.last_permit_at = kNow - kDay}), "holdUsedWithin");
  EXPECT_EQ(delete_held_by({.last_permit_at = kNow - 30 * kDay}), "holdUsedWithin");
  EXPECT_EQ(delete_held_by({.last_permit_at = kNow - 31 * kDay}), "");
  EXPECT_EQ(delete_held_by({.last_permit_at = kNow + kDay}), "holdUsedWithin")
      << "IAM's clock is ahead";
}

TEST(UseRail, IsSwitchedOffByZero) {
  EXPECT_EQ(delete_held_by({.last_permit_at = kNow},
                           Reason::not_desired,
                           {.hold_used_within = std::chrono::milliseconds{0}}),
            "");
}

/// Used just now, and covered by another policy since then.
Removal covered(std::optional<Timestamp> since) {
  return {.last_permit_at = kNow, .covered_by = PolicyId("q"), .covered_since = since};
}

TEST(UseRail, LetsGoWhatAnotherPolicyHasCoveredForAsLong) {
  EXPECT_EQ(delete_held_by(covered(kNow - 30 * kDay)), "");
  EXPECT_EQ(delete_held_by(covered(kNow - 29 * kDay)), "holdUsedWithin")
      << "it came with the last commit";
  EXPECT_EQ(delete_held_by(covered(kNow + kDay)), "holdUsedWithin");
  EXPECT_EQ(delete_held_by(covered(std::nullopt)), "holdUsedWithin")
      << "IAM does not say since when";
}

TEST(UseRail, LetsGoWhatHasEndedAsAnnounced) {
  Removal ended{.last_permit_at = kNow, .expires_at = kNow};
  EXPECT_EQ(delete_held_by(ended, Reason::expired), "holdUsedWithin")
      << "a commit set the end just now";
  ended.is_announced = true;
  EXPECT_EQ(delete_held_by(ended, Reason::expired), "");
}

/// A change of roles of a policy that was used just now.
Action used_update(RoleSet before, RoleSet after) {
  Action action = test::update("1", std::move(after));
  action.before->roles = std::move(before);
  action.removal = Removal{.last_permit_at = kNow};
  return action;
}

TEST(UseRail, HoldsWhatTakesAnyRoleAwayAsItDoesADelete) {
  const auto held_by_use = [](const Action& action) {
    return rails_of(railed(plan_with({action}), {}, at_now()).actions[0]);
  };
  EXPECT_EQ(held_by_use(used_update({"Reader"}, {"Viewer"})), "holdUsedWithin");
  EXPECT_EQ(held_by_use(used_update({"Reader", "Viewer"}, {"Viewer"})), "holdUsedWithin")
      << "nobody knows by which role it was used: one may have come the other day to cover this";
  EXPECT_EQ(held_by_use(used_update({"Reader"}, {"Reader", "Viewer"})), "");

  Action repair = used_update({"Writer"}, {"Reader"});
  repair.is_repair = true;
  EXPECT_EQ(held_by_use(repair), "") << "it takes away what someone added by hand";
}

TEST(UseRail, HoldsAnUnknownUseOnlyWhereToldTo) {
  EXPECT_EQ(delete_held_by({}), "");
  const RailRules strict{.hold_unknown = true};
  EXPECT_EQ(delete_held_by({}, Reason::not_desired, strict), "holdUnknown");
  EXPECT_EQ(delete_held_by({.covered_by = PolicyId("q"), .covered_since = kNow - 30 * kDay},
                           Reason::not_desired,
                           strict),
            "");
  EXPECT_EQ(delete_held_by({.is_announced = true}, Reason::expired, strict), "");
  EXPECT_EQ(count(plan_with({removal("1")})).unknown_use, 1U);
}

TEST(UseRail, HoldsWhatIamCallsNeverUsedAsADeleteMakesItForget) {
  EXPECT_EQ(delete_held_by({.is_never_used = true}, Reason::not_desired, {.hold_unknown = true}),
            "holdUnknown");
  Action action = removal("1");
  action.removal->is_never_used = true;
  EXPECT_EQ(count(plan_with({action})).unknown_use, 0U);
}

TEST(UseRail, HoldsWhatIamToldTheUseOfBeforeAndDoesNotTellNow) {
  RailHistory history = at_now();
  history.is_use_withheld = true;
  const auto held = [&](Removal facts, RailRules rules = {}) {
    Action action = removal("1");
    action.removal = std::move(facts);
    return rails_of(railed(plan_with({action}), rules, history).actions[0]);
  };
  EXPECT_EQ(held({}), "holdUsedWithin");
  EXPECT_EQ(held({.last_permit_at = kNow - 300 * kDay}), "holdUsedWithin") << "as of the last list";
  EXPECT_EQ(held({.last_permit_at = kNow}), "holdUsedWithin");
  EXPECT_EQ(held(covered(kNow - 30 * kDay)), "");
  EXPECT_EQ(held({}, {.hold_used_within = std::chrono::milliseconds{0}}), "");
}

TEST(AdoptedRail, HoldsTheDeleteOfWhatSomeoneElseMade) {
  EXPECT_EQ(delete_held_by({.made_by = IamId("IBMid-person")}), "adopted");
  EXPECT_EQ(delete_held_by({.made_by = IamId("")}), "adopted") << "nobody knows who made it";
  EXPECT_EQ(delete_held_by({.made_by = IamId("IBMid-person")}, Reason::expired), "adopted");
  Action emptied = test::update("1", {"Viewer"});
  emptied.before->roles = {"Writer"};
  emptied.removal = Removal{.made_by = IamId("IBMid-person")};
  EXPECT_EQ(rails_of(railed(plan_with({emptied}), {}, at_now()).actions[0]), "adopted")
      << "a swap of roles leaves nothing of what was granted";
}

TEST(UnmarkedRail, HoldsTheDeleteUntilApprovedAndThenSettlesTheConflict) {
  Action action = removal("1");
  action.reason = Reason::unmarked;
  Plan plan = plan_with({action});
  Note& note = plan.notes.emplace_back();
  note.kind = NoteKind::conflict;
  note.reason = NoteReason::unmarked;
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

TEST(FirstDeletes, AreNarrowingUpdatesToo) {
  Action narrowing = test::update("1", {"Reader"});
  narrowing.before->roles = {"Reader", "Writer"};
  const Action widening = test::update("2", {"Reader", "Writer"});

  const Plan plan = railed(plan_with({narrowing, widening}), {}, {});

  EXPECT_EQ(rails_of(plan.actions[0]), "firstDeletes");
  EXPECT_EQ(rails_of(plan.actions[1]), "");
}

TEST(FirstDeletes, SayOfARestoredStateThatItIsOlder) {
  RailHistory older;
  older.is_state_older = true;
  const Plan plan = plan_with({removal("1")});

  EXPECT_THAT(railed(plan, {}, older).actions[0].holds[0].message,
              ::testing::HasSubstr("the state of this account is older than the account"));
  EXPECT_THAT(railed(plan, {}, {}).actions[0].holds[0].message,
              ::testing::HasSubstr("the state of this account is new or was lost"));
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

TEST(FirstDeletes, HoldAllThatTakesAccessAwayWhereNoStateCountsIt) {
  RailHistory none;
  none.is_kept = false;
  const Plan plan = railed(plan_with({test::creation("0"),
                                      removal("1"),
                                      test::update("2", {"Writer"}),
                                      test::update("3", {"Reader", "Writer"})}),
                           {},
                           none);

  EXPECT_FALSE(is_held(plan.actions[0]));
  EXPECT_EQ(test::rails_of(plan.actions[1]), "firstDeletes");
  EXPECT_EQ(test::rails_of(plan.actions[2]), "firstDeletes") << "a narrowing update";
  EXPECT_FALSE(is_held(plan.actions[3])) << "it only widens";
  EXPECT_THAT(plan.actions[1].holds[0].message, testing::HasSubstr("by the plan's hash"));
}

}  // namespace
}  // namespace authzd
