// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Writes that are needed repeatedly: Stalled after three cycles, with both sides shown, and retried
// with backoff. What IAM refuses is reported once, retried, and blocks nothing else.

#include "reconciler/report/plan_text.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;

class Stalled : public CycleTest {
 protected:
  void SetUp() override {
    must_be_quiet = false;  // what is refused or reverted repeatedly never becomes quiet
    spec.rails.limits.max_delete = 100;  // updates that remove a role count, too
    spec.rails.limits.max_delete_percent = 10'000;
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  }

  /// Someone who reverts what authzd wrote.
  void give(const std::string& role) {
    Json control;
    control["grant"]["roles"][0]["role_id"] = role;
    edit(only_id(), {{"control", control}});
  }

  std::ptrdiff_t logged_times(std::string_view words) const {
    return std::ranges::count_if(
        lines, [&](const std::string& line) { return line.find(words) != std::string::npos; });
  }

  [[nodiscard]] std::string plan_of(const CycleEnd& end) const {
    const Planned& planned = end.performed->planned;
    TextOptions options;
    options.role_names = planned.role_names;
    return plan_text(planned.plan, options);
  }
};

TEST_F(Stalled, IsAWriteThatSomeoneUndoesForTheThirdTimeAndBothSidesAreShown) {
  good_cycle();
  for (int i = 0; i < 2; ++i) {
    give(kDelegatorRole);
    good_cycle();
    EXPECT_FALSE(status().stalled.is_true) << "after " << i + 1;
  }
  give(kDelegatorRole);

  const CycleEnd third = good_cycle();

  EXPECT_EQ(status().stalled.reason, "ObjectsStalled");
  ASSERT_EQ(status().failing.size(), 1U);
  EXPECT_EQ(status().failing[0].reason, "Stalled");
  const std::string sides = "wanted: roles Reader; IAM has: roles Authorization Delegator";
  EXPECT_THAT(status().failing[0].message, HasSubstr("done each time, and something undoes it"));
  EXPECT_THAT(status().failing[0].message, HasSubstr(sides));
  EXPECT_THAT(plan_of(third), HasSubstr("each time    " + sides));
  EXPECT_THAT(plan_of(third), HasSubstr("drift        changed by IBMid-by-hand at "));
  EXPECT_EQ(logged_times("stalled:"), 1);
  EXPECT_THAT(logged(), HasSubstr(sides));
}

TEST_F(Stalled, IsStillTriedEachCycleWhereItTakesAccessAway) {
  good_cycle();
  for (std::size_t i = 1; i <= 12; ++i) {
    give(kDelegatorRole);
    good_cycle();
    ASSERT_EQ(sent("PUT"), i) << logged();
  }
  EXPECT_EQ(logged_times("stalled:"), 1) << "it is said once";
}

TEST_F(Stalled, BacksOffWhereItTakesNothingAwayAndEndsWhenNobodyMeddlesAnyMore) {
  good_cycle();
  const std::string marker = description_of(ours().at(0)).substr(12);
  for (int i = 0; i < 20; ++i) {
    edit(only_id(), {{"description", "Mine. " + marker}});
    cycle();
  }
  EXPECT_GE(sent("PUT"), 5U);
  EXPECT_LE(sent("PUT"), 10U) << "in a hundred minutes";
  ASSERT_EQ(status().failing.size(), 1U);
  EXPECT_TRUE(status().failing[0].next_attempt);
  EXPECT_THAT(status().failing[0].message, HasSubstr("wanted: description \"For a test."));

  for (int i = 0; i < 14; ++i) cycle();

  EXPECT_TRUE(status().failing.empty());
  EXPECT_FALSE(status().stalled.is_true);
  EXPECT_EQ(status().ready.reason, "InSync");
}

TEST_F(Stalled, IsAWriteThatIamRefusesAndItSaysWhatIsMissing) {
  inject({.method = "POST", .path = "/v2/policies", .times = 0, .status = 403});
  for (int i = 0; i < 3; ++i) cycle();

  ASSERT_EQ(status().failing.size(), 1U);
  EXPECT_EQ(status().failing[0].reason, "Stalled");
  EXPECT_THAT(status().failing[0].message,
              HasSubstr("wanted: server-protect → kms : Reader; IAM has: nothing"));
  EXPECT_THAT(status().failing[0].message, HasSubstr("needs the role Administrator"));
}

TEST_F(Stalled, IsSaidEvenWhereTheThirdCycleOnlyWaits) {
  pause = std::chrono::minutes(0);
  inject({.method = "POST", .path = "/v2/policies", .times = 0, .status = 403});
  for (int i = 0; i < 3; ++i) {
    cycle();
    clock.advance(std::chrono::seconds(10));
  }

  EXPECT_EQ(sent("POST"), 1U) << "the next try is due after 30 s";
  EXPECT_EQ(logged_times("stalled:"), 1);
}

/// A grant that IAM refuses, and words that tell a person why.
struct RefusedGrant {
  std::string name;
  std::string manifest;
  std::vector<std::string> words;
  std::function<void(sandbox::SandboxService&)> spoil = [](auto&) {};
};

void PrintTo(const RefusedGrant& grant, std::ostream* out) {
  *out << grant.name;
}

class Refused : public Stalled, public ::testing::WithParamInterface<RefusedGrant> {};

TEST_P(Refused, IsSaidOnceTriedAgainMoreRarelyAndInNobodysWay) {
  remove_file("storage.yaml");
  write_file("refused.yaml", GetParam().manifest);
  write_file("taken.yaml", manifest_of("taken", "messagehub", {"kms"}));
  GetParam().spoil(service);
  cycle();

  EXPECT_EQ(ours().size(), 1U) << "one that IAM refuses stopped another\n" << logged();
  for (const std::string& word : GetParam().words) EXPECT_THAT(logged(), HasSubstr(word));
  EXPECT_FALSE(status().ready.is_true);
  const std::size_t once = sent("POST");
  for (int i = 0; i < 19; ++i) cycle();

  EXPECT_LE(sent("POST"), once + 9) << "in a hundred minutes";
  const auto said = [](const std::string& line) {
    return line.find("\"warning\"") != std::string::npos &&
           (line.find("not done") != std::string::npos ||
            line.find("\"conflict\"") != std::string::npos);
  };
  EXPECT_EQ(std::ranges::count_if(lines, said), 1) << logged();
  EXPECT_EQ(ours().size(), 1U);

  service.clear_faults();
  EXPECT_TRUE(service.set("quota", "100"));
  write_file("refused.yaml", manifest_of("refused", "server-protect", {"kms"}));
  for (int i = 0; i < 14; ++i) cycle();
  EXPECT_EQ(ours().size(), 2U) << "it is not tried any more";
}

void forbid(sandbox::SandboxService& iam) {
  // The other grant is first: keys are sorted.
  ASSERT_TRUE(
      iam.inject({.method = "POST", .path = "/v2/policies", .skip = 1, .times = 0, .status = 403}));
}

void be_strict(sandbox::SandboxService& iam) {
  ASSERT_TRUE(iam.set("role-check", "strict"));
}

void fill(sandbox::SandboxService& iam) {
  ASSERT_TRUE(iam.set("quota", "1"));
}

INSTANTIATE_TEST_SUITE_P(
    Because,
    Refused,
    ::testing::Values(RefusedGrant{"ThePairIsUnsupported",
                                   manifest_of("refused", "kms", {"server-protect"}),
                                   {"IAM offers no role for kms → server-protect"},
                                   be_strict},
                      RefusedGrant{"TheRoleIsUnknown",
                                   manifest_of("refused", "server-protect", {"kms"}, "Raeder"),
                                   {"Raeder", "valid roles are ", "Reader"}},
                      RefusedGrant{"TheQuotaIsUsedUp",
                                   manifest_of("refused", "server-protect", {"kms"}),
                                   {"the account has 1 authorization", "422"},
                                   fill},
                      RefusedGrant{"ARightIsMissing",
                                   manifest_of("refused", "server-protect", {"kms"}),
                                   {"needs the role Administrator on the target service", "403"},
                                   forbid}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace authzd::test
