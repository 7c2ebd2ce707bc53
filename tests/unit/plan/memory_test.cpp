// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The effect of the state's memory on a plan.

#include "reconciler/plan/memory.hpp"

#include "reconciler/plan/canonical.hpp"
#include "tests/unit/rails/rails_world.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using test::plan_with;

const Timestamp kMemoryNow = *parse_rfc3339("2026-06-01T00:00:00Z");

Action recalled(const Action& action, const PlanMemory& memory) {
  return recall(plan_with({action}), memory).actions.front();
}

PolicyContent with_roles(RoleSet roles) {
  PolicyContent content = *test::removal("1").before;
  content.roles = std::move(roles);
  return content;
}

/// From some roles to others, after our last write left `ours`.
Action update_of(RoleSet before, RoleSet after, RoleSet ours) {
  Action action = test::update("1", std::move(after));
  action.before->roles = std::move(before);
  PlanMemory memory;
  memory.written.emplace(action.id, with_roles(std::move(ours)));
  return recalled(action, memory);
}

TEST(Memory, CallsARepairOnlyWhatTakesAwayWhatWeDidNotWrite) {
  EXPECT_TRUE(update_of({"Reader", "Manager"}, {"Reader"}, {"Reader"}).is_repair);
  EXPECT_FALSE(update_of({"Reader", "Manager"}, {"Reader"}, {"Reader", "Manager"}).is_repair);
  EXPECT_FALSE(recalled(test::update("1", {"Writer"}), {}).is_repair) << "nothing is known";
}

TEST(Memory, CallsNothingARepairOrARestoreThatOneOfItsOwnWritesMayHaveMade) {
  PlanMemory memory;
  const Action narrowing = [] {
    Action action = test::update("1", {"Reader"});
    action.before->roles = {"Reader", "Manager"};
    return action;
  }();
  memory.written.emplace(narrowing.id, with_roles({"Reader"}));
  ASSERT_TRUE(recalled(narrowing, memory).is_repair);
  ASSERT_TRUE(recalled(narrowing, memory).is_restore);

  memory.perhaps_written[narrowing.id] = {with_roles({"Reader", "Manager"})};
  EXPECT_FALSE(recalled(narrowing, memory).is_repair) << "Manager may be our own";

  memory.perhaps_written[narrowing.id] = {with_roles({"Writer"})};
  EXPECT_FALSE(recalled(narrowing, memory).is_restore) << "Reader may have been taken away by us";
}

TEST(Memory, RepairsNoHeldChangeFromWhatItMayHaveWrittenItself) {
  Action held = test::removal("1");
  held.before->roles = {"Reader", "Writer", "Manager"};
  held.reason = Reason::not_desired;
  held.holds.emplace_back();
  PlanMemory memory;
  memory.written.emplace(held.id, with_roles({"Reader"}));
  memory.perhaps_written[held.id] = {with_roles({"Reader", "Writer"})};

  const auto repairs = repairs_of_held(plan_with({held}), memory, {}, {});

  ASSERT_EQ(repairs.size(), 1U);
  EXPECT_EQ(repairs[0].after->roles, (RoleSet{"Reader", "Writer"}));
}

/// The roles that the repair of a held change leaves; empty: there is none.
RoleSet repaired(std::optional<RoleSet> wanted, RoleSet before, RoleSet ours, Reason reason) {
  Action action = wanted ? test::update("1", *wanted) : test::removal("1");
  action.before->roles = std::move(before);
  action.reason = reason;
  action.holds.emplace_back();
  PlanMemory memory;
  memory.written.emplace(action.id, with_roles(std::move(ours)));
  const auto repairs = repairs_of_held(plan_with({action}), memory, {}, {});
  if (repairs.empty()) return {};
  EXPECT_TRUE(repairs[0].is_repair);
  EXPECT_EQ(repairs[0].reason, Reason::added_by_others);
  EXPECT_FALSE(is_held(repairs[0]));
  return repairs[0].after->roles;
}

TEST(Memory, RepairsThePolicyOfAHeldChangeFromWhatOthersAddedAlone) {
  using Roles = RoleSet;
  const Reason differs = Reason::roles_differ;
  const Reason gone = Reason::not_desired;
  EXPECT_EQ(repaired({}, {"Reader", "Manager"}, {"Reader"}, gone), Roles{"Reader"});
  EXPECT_EQ(repaired({}, {"Manager"}, {"Reader"}, gone), Roles{}) << "nobody wants it back";
  EXPECT_EQ(repaired(Roles{"Reader", "Writer"}, {"Manager"}, {"Reader"}, differs), Roles{"Reader"})
      << "one for another, and the held change wants that one";
  EXPECT_EQ(repaired(Roles{"Writer"}, {"Manager"}, {"Reader"}, differs), Roles{});
  EXPECT_EQ(repaired({}, {"Reader"}, {"Reader", "Writer"}, gone), Roles{}) << "nothing was added";
  EXPECT_EQ(repaired(Roles{"Reader", "Writer"}, {"Reader", "Manager"}, {"Reader"}, differs),
            Roles{"Reader"});
  EXPECT_EQ(
      repaired(Roles{"Manager", "Reader", "Writer"}, {"Manager", "Reader"}, {"Reader"}, differs),
      Roles{})
      << "the held change wants what was added";
  EXPECT_EQ(repaired({}, {"Reader", "Manager"}, {"Reader"}, Reason::unmarked), Roles{})
      << "without its marker nobody can say whose it is";
}

/// The repair of a held delete, after someone gave the policy another source.
std::vector<Action> repairs_of_moved(const std::optional<PolicyContent>& wanted) {
  Action action = wanted ? test::update("1", wanted->roles) : test::removal("1");
  const PolicyContent ours = with_roles({"Reader"});
  action.before = ours;
  action.before->subject = {{"serviceName", std::string(kStringEquals), "elsewhere"}};
  action.after = wanted;
  action.reason = Reason::altered;
  action.holds.emplace_back();
  PlanMemory memory;
  memory.written.emplace(action.id, ours);
  return repairs_of_held(plan_with({action}), memory, {}, {});
}

TEST(Memory, RepairsNothingWhereThatRestoresWhatAPersonTookAwayAndNobodyWants) {
  EXPECT_TRUE(repairs_of_moved(std::nullopt).empty());
  EXPECT_FALSE(repairs_of_moved(with_roles({"Reader", "Writer"})).empty()) << "it is wanted";
}

/// The drift that a repair of a held delete names, if the policy was changed last by this one.
std::optional<Drift> drift_after_change_by(const char* changer) {
  Action action = test::removal("1");
  PlanMemory memory;
  memory.written.emplace(action.id, with_roles({"Reader"}));
  action.before->roles = {"Reader", "Manager"};
  action.reason = Reason::not_desired;
  action.holds.emplace_back();
  Observed policy;
  policy.id = action.id;
  policy.last_modified_by = IamId{changer};
  policy.last_modified_at = "2026-06-01";
  memory.identities = {IamId{"iam-ServiceId-ours"}};

  const auto repairs =
      repairs_of_held(plan_with({action}), memory, {}, std::vector<Observed>{policy});

  EXPECT_EQ(repairs.size(), 1U);
  return repairs.empty() ? std::nullopt : repairs[0].drift;
}

TEST(Memory, SaysWhoAddedWhatARepairTakesAway) {
  EXPECT_EQ(drift_after_change_by("IBMid-ada"), (Drift{IamId{"IBMid-ada"}, "2026-06-01", {}}));
}

TEST(Memory, DoesNotNameUsAsThoseWhoAddedIt) {
  EXPECT_EQ(drift_after_change_by("iam-ServiceId-ours"), Drift{})
      << "our own restore came after it: nobody can say who";
}

TEST(Memory, CallsARestorationOnlyWhatGivesNoMoreThanWeWrote) {
  EXPECT_TRUE(update_of({"Reader"}, {"Reader", "Writer"}, {"Reader", "Writer"}).is_restore);
  EXPECT_FALSE(update_of({"Reader"}, {"Reader", "Writer"}, {"Reader"}).is_restore);
}

TEST(Memory, KnowsWhatSomeoneElseDeleted) {
  const Action create = test::creation("1");
  PlanMemory memory;
  memory.lost.emplace(create.key, LostPolicy{PolicyId("gone"), *create.after});

  const Action back = recalled(create, memory);
  EXPECT_TRUE(back.is_restore);
  ASSERT_TRUE(back.drift) << "someone else deleted it";
  EXPECT_EQ(back.drift->deleted, PolicyId("gone"));
  EXPECT_TRUE(back.drift->by.empty()) << "IAM does not tell";

  memory.deletions.emplace(PolicyId("gone"), Drift{IamId("IBMid-1"), "2026-05-05", {}});
  EXPECT_EQ(recalled(create, memory).drift,
            (Drift{IamId("IBMid-1"), "2026-05-05", PolicyId("gone")}));

  PlanMemory unwritten;
  unwritten.unwritten.emplace(create.key, PolicyId("adopted"));
  EXPECT_EQ(recalled(create, unwritten).drift->deleted, PolicyId("adopted"));
  EXPECT_FALSE(recalled(create, unwritten).is_restore) << "what it was is not known for sure";

  Action wider = create;
  wider.after->roles.insert("Manager");
  EXPECT_FALSE(recalled(wider, memory).is_restore);
  EXPECT_FALSE(recalled(test::creation("2"), memory).is_restore);
}

TEST(Memory, TakesTheLaterOfTwoLastUses) {
  Action action = test::removal("1");
  const auto last_use = [&](std::optional<Timestamp> iam) {
    action.removal->last_permit_at = iam;
    PlanMemory memory;
    memory.last_uses.emplace(action.id, kMemoryNow);
    return recalled(action, memory).removal->last_permit_at;
  };
  EXPECT_EQ(last_use(std::nullopt), kMemoryNow) << "a delete made IAM forget it";
  EXPECT_EQ(last_use(kMemoryNow - 1h), kMemoryNow);
  EXPECT_EQ(last_use(kMemoryNow + 1h), kMemoryNow + 1h);
}

TEST(Memory, KnowsAUseOfWhatIamCallsNeverUsed) {
  Action action = test::removal("1");
  action.removal->is_never_used = true;
  PlanMemory memory;
  EXPECT_TRUE(recalled(action, memory).removal->is_never_used);
  memory.last_uses.emplace(action.id, kMemoryNow);
  EXPECT_FALSE(recalled(action, memory).removal->is_never_used);
}

TEST(Memory, KnowsSinceWhenThisRemovalHasBeenWanted) {
  const Action action = test::removal("1");
  PlanMemory memory;
  memory.removals_since.emplace(hash_removal(action), kMemoryNow);
  Action narrowing = action;
  narrowing.verb = Verb::update;
  narrowing.after = action.before;
  Action of_another = action;
  of_another.id = PolicyId{"2"};

  EXPECT_EQ(recalled(action, memory).removal->wanted_since, kMemoryNow);
  EXPECT_EQ(recalled(narrowing, memory).removal->wanted_since, std::nullopt);
  EXPECT_EQ(recalled(of_another, memory).removal->wanted_since, std::nullopt);
  EXPECT_EQ(wanted_removals(plan_with({action, test::creation("2")})),
            std::set{hash_removal(action)});
}

TEST(Memory, TakesARemovalForTheSameWhateverIsWrittenIntoThePolicyOrAddedToIt) {
  Action action = test::removal("1");
  action.verb = Verb::update;
  action.after = action.before;
  action.after->roles = {"Reader"};
  PlanMemory memory;
  memory.removals_since.emplace(hash_removal(action), kMemoryNow);

  Action touched = action;
  touched.before->description = "touched";
  touched.after->description = "touched, too";
  Action widened = action;
  widened.before->roles.insert("Writer");
  Action of_more = action;
  of_more.after->roles = {"Writer"};

  EXPECT_EQ(recalled(touched, memory).removal->wanted_since, kMemoryNow);
  EXPECT_EQ(recalled(widened, memory).removal->wanted_since, kMemoryNow);
  EXPECT_EQ(recalled(of_more, memory).removal->wanted_since, std::nullopt);
}

}  // namespace
}  // namespace authzd
