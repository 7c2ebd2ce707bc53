// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The table of reconciler/plan/asserted.hpp, row by row.
#include "reconciler/plan/asserted.hpp"

#include "tests/unit/plan/planner_world.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using test::ours;
using test::policy;
using test::summary;
using test::wanted;
using test::WantedGrant;
using test::World;

AccessPattern to(const std::string& target, std::vector<std::string> roles = {}) {
  return {{{"target.serviceName", target}}, std::move(roles), {"rules.yaml", 7, 5}};
}

Assertion always(AccessPattern pattern) {
  Assertion assertion{.name = "stays", .position = {"rules.yaml", 4, 9}};
  assertion.always = {std::move(pattern)};
  return assertion;
}

Assertion never(AccessPattern pattern) {
  Assertion assertion{.name = "nobody", .position = {"rules.yaml", 4, 9}};
  assertion.never = {std::move(pattern)};
  return assertion;
}

std::string summary_of(World world, const std::vector<Assertion>& assertions) {
  world.options.assertions = assertions;
  world.options.role_names = {{"Reader", "Reader"}, {"Writer", "Writer"}};
  return summary(world.plan());
}

const WantedGrant kGrant = wanted("g", "a", "kms");

TEST(Asserted, DoesNotWriteWhatIsForbidden) {
  EXPECT_EQ(summary_of({{kGrant}, {}}, {never(to("kms"))}), "conflict AssertionBroken \n");
  EXPECT_EQ(summary_of({{kGrant}, {}}, {never(to("hs"))}), "create Missing \n");
  EXPECT_EQ(summary_of({{wanted("g", "a", "kms", {"Writer"})}, {ours("p", kGrant)}},
                       {never(to("kms", {"Writer"}))}),
            "conflict AssertionBroken p\n");
}

TEST(Asserted, LetsGoOfWhatIsForbiddenAndThereAlready) {
  EXPECT_EQ(summary_of({{test::released(kGrant)}, {ours("p", kGrant)}}, {never(to("kms"))}),
            "update Released p\n");
}

TEST(Asserted, DeletesWhatIsForbiddenAndNoManifestWants) {
  EXPECT_EQ(summary_of({{}, {ours("p", kGrant)}}, {never(to("kms"))}), "delete NotDesired p\n");
}

TEST(Asserted, KeepsTheLastThatGivesWhatMustRemain) {
  EXPECT_EQ(summary_of({{}, {ours("p", kGrant)}}, {always(to("kms", {"Reader"}))}),
            "conflict AssertionBroken p\n");
  EXPECT_EQ(summary_of({{wanted("g", "a", "kms", {"Writer"})}, {ours("p", kGrant)}},
                       {always(to("kms", {"Reader"}))}),
            "conflict AssertionBroken p\n")
      << "a narrowing, too";
  EXPECT_EQ(summary_of({{}, {ours("p", kGrant)}}, {always(to("kms", {"Writer"}))}),
            "delete NotDesired p\n")
      << "it never gave that";
}

TEST(Asserted, LetsGoWhatAnotherPolicyGives) {
  EXPECT_EQ(summary_of({{}, {ours("p", kGrant), policy("q", "b", "kms")}}, {always(to("kms"))}),
            "delete NotDesired p\nunmanaged Unmanaged q\n");
  Observed gone = policy("q", "b", "kms");
  gone.state = PolicyState::deleted;
  EXPECT_EQ(summary_of({{}, {ours("p", kGrant), gone}}, {always(to("kms"))}),
            "conflict AssertionBroken p\n");
}

TEST(Asserted, WaitsUntilItsReplacementIsAPolicy) {
  const WantedGrant other = wanted("h", "b", "kms");

  EXPECT_EQ(summary_of({{other}, {ours("p", kGrant)}}, {always(to("kms"))}),
            "create Missing \nkept AwaitsReplacement p\n");
  EXPECT_EQ(summary_of({{other}, {ours("p", kGrant), ours("q", other)}}, {always(to("kms"))}),
            "delete NotDesired p\n");
}

TEST(Asserted, IsDecidedInModeObserveAsInModeSync) {
  World world{{}, {ours("p", kGrant)}};
  world.options.mode = Mode::observe;

  EXPECT_EQ(summary_of(world, {always(to("kms"))}), "conflict AssertionBroken p\n");
}

AssertionResult judge(const AssertedAccount& account, const Assertion& assertion) {
  AssertionJudgement judgement(account, assertion);
  while (judgement.step()) {
  }
  return std::move(judgement).finish();
}

/// The work of one step is bounded: neither assertions nor actions can occupy the loop.
TEST(Asserted, GoesInStepsThroughManyActions) {
  World world;
  for (int i = 0; i < 1'000; ++i) {
    const std::string n = std::to_string(i);
    world.observed.push_back(ours("p" + n, wanted("g" + n, "s" + n, "kms")));
  }
  Plan plan = world.plan();
  ASSERT_EQ(plan.actions.size(), 1'000U);
  const KnownRoleNames names{{"Reader", "Reader"}};
  const std::vector<Assertion> assertions{never(to("hs")), always(to("kms"))};
  int steps = 0;
  {
    AssertionGuard guard(plan, world.observed, assertions, names);
    while (guard.step()) ++steps;
  }

  EXPECT_GE(steps, 5);
  EXPECT_TRUE(plan.actions.empty()) << "the last that give access to kms stay";
  EXPECT_EQ(plan.notes.size(), 1'000U);
}

TEST(Asserted, JudgesTheAccountAsThePlanLeavesIt) {
  const World world{{}, {ours("p", kGrant), policy("q", "b", "hs")}};
  const Plan plan = world.plan();
  const KnownRoleNames names{{"Reader", "Reader"}};
  const AssertedAccount account(plan, world.observed, names);

  EXPECT_EQ(judge(account, never(to("kms"))).verdict, Verdict::holds) << "p is to be deleted";
  const AssertionResult result = judge(account, never(to("hs")));
  EXPECT_EQ(result.verdict, Verdict::violated);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].id.value, "q");
  EXPECT_EQ(result.findings[0].author, test::kPerson);

  Plan held = plan;
  for (Action& action : held.actions) action.holds.emplace_back();
  EXPECT_EQ(judge(AssertedAccount(held, world.observed, names), never(to("kms"))).verdict,
            Verdict::violated)
      << "what is held stays";
}

TEST(Asserted, TellsWhatARevisionTakesOutOrChanges) {
  std::vector<Assertion> before{never(to("kms")), always(to("kms"))};
  std::vector<Assertion> after{never(to("kms"))};
  after[0].position = {"other.yaml", 1, 1};
  after[0].description = "in other words";
  EXPECT_EQ(assertion_changes(before, after), (std::vector<AssertionChange>{{"stays", true}}));

  after[0].never[0].roles = {"Writer"};
  after.push_back(always(to("kms")));
  EXPECT_EQ(assertion_changes(before, after), (std::vector<AssertionChange>{{"nobody", false}}));
}

}  // namespace
}  // namespace authzd
