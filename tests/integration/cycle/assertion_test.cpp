// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Assertions in a cycle: they hold actions and report violations, but never write.

#include "daemon/cycle/cycle_summary.hpp"
#include "daemon/notify/notice_filter.hpp"
#include "reconciler/plan/asserted.hpp"
#include "reconciler/report/plan_text.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string assertion_of(const std::string& name, const std::string& spec) {
  return "apiVersion: authzd/v1\nkind: Assertion\nmetadata: {name: " + name + "}\nspec:\n  " +
         spec + "\n";
}

const std::string kStorage = manifest_of("storage", "server-protect", {"kms"});
/// A policy of the demo, made by a service.
const std::string kServiceMade = "5a5b5c5d-6e6f-4a7b-8c8d-9e9fa0a1b205";
const std::string kNoDatabases = "never: [{source: {service: databases-for-postgresql}}]";
const std::string kStorageStays =
    "always: [{source: {service: server-protect}, target: {service: kms}, roles: [Reader]}]";

class Assertions : public CycleTest {
 protected:
  [[nodiscard]] static const Plan& plan_of(const CycleEnd& end) {
    return end.performed->planned.plan;
  }

  [[nodiscard]] static std::size_t broken(const Plan& plan) {
    return static_cast<std::size_t>(
        std::ranges::count(plan.notes, NoteReason::assertion_broken, &Note::reason));
  }

  [[nodiscard]] std::string only_id_of(const std::string& target) {
    std::string id;
    for (const Json& policy : ours()) {
      if (target_of(policy) == target) id = policy.at("id");
    }
    return id;
  }

  [[nodiscard]] const Condition& hold() const { return status().assertions_hold; }
};

TEST_F(Assertions, RefuseARevisionThatBreaksThemAndKeepTheLastGoodOne) {
  write_file("storage.yaml", kStorage);
  write_file("rules.yaml", assertion_of("no-hpcs", "never: [{target: {service: hs-crypto}}]"));
  good_cycle();
  EXPECT_EQ(hold().reason, "AllHold");
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.refusal);
  ASSERT_EQ(end.refusal->diagnostics.size(), 1U);
  EXPECT_EQ(end.refusal->diagnostics[0].position.line, 9);
  EXPECT_THAT(render(end.refusal->diagnostics),
              HasSubstr("/rules.yaml:5:11 forbids this grant: never target.serviceName: "
                        "hs-crypto\n      - service: hs-crypto\n        ^\n"));
  EXPECT_EQ(ours().size(), 1U);
  EXPECT_EQ(status().ready.reason, "RevisionRefused");
}

TEST_F(Assertions, TellOfPoliciesOfOthersAndWriteNothing) {
  seed_demo();
  write_file("storage.yaml", kStorage);
  write_file("rules.yaml", assertion_of("no-databases", kNoDatabases));
  good_cycle();
  const std::size_t before = unsafe();

  const CycleEnd end = cycle();

  EXPECT_EQ(unsafe(), before);
  EXPECT_FALSE(hold().is_true);
  EXPECT_EQ(hold().reason, "Violated");
  EXPECT_EQ(hold().message,
            "the assertion no-databases is violated, by 1 policy (policy " + kServiceMade + ")");
  EXPECT_EQ(status().assertions.violations, 1U);
  EXPECT_TRUE(status().ready.is_true) << "nothing that the manifests ask for is missing";
  EXPECT_THAT(plan_text(plan_of(end), {}),
              HasSubstr("! the assertion no-databases is violated, by 1 policy\n"));
}

TEST_F(Assertions, AreToldOfOnceAndAgainAfterTheyHeld) {
  seed_demo();
  write_file("storage.yaml", kStorage);
  write_file("rules.yaml", assertion_of("no-databases", kNoDatabases));
  NoticeFilter filter;
  const auto told = [&] {
    std::size_t violations = 0;
    const CycleEnd end = cycle();
    for (const Notice& notice : filter.news(summary_of(*account, end))) {
      violations += notice.kind == NoticeKind::assertion_violated;
    }
    return violations;
  };

  EXPECT_EQ(told(), 1U);
  clock.advance(std::chrono::hours(48));
  EXPECT_EQ(told(), 0U);
  edit(kServiceMade, {{"state", "deleted"}});
  EXPECT_EQ(told(), 0U);
  EXPECT_EQ(hold().reason, "AllHold");
  edit(kServiceMade, {{"state", "active"}});
  EXPECT_EQ(told(), 1U);
}

TEST_F(Assertions, AreUndecidedWhereNobodyKnows) {
  seed_demo();
  write_file("storage.yaml", kStorage);
  write_file("rules.yaml",
             assertion_of("no-group",
                          "never: [{target: {service: kms, resourceGroup: "
                          "0123456789abcdef0123456789abcdef, instance: \"*\"}, source: {service: "
                          "databases-for-postgresql}}]"));

  const CycleEnd end = good_cycle();

  EXPECT_FALSE(hold().is_true);
  EXPECT_EQ(hold().reason, "Undecided");
  EXPECT_EQ(status().assertions.undecided, 1U);
  EXPECT_EQ(status().assertions.violations, 0U);
  EXPECT_THAT(plan_text(plan_of(end), {}),
              HasSubstr("Assertions: 0 hold, 0 violated, 1 undecided"));
}

TEST_F(Assertions, KeepTheLastPolicyThatGivesWhatMustRemain) {
  write_file("storage.yaml", kStorage);
  write_file("images.yaml", manifest_of("images", "is", {"cloud-object-storage"}));
  write_file("rules.yaml", assertion_of("storage-stays", kStorageStays));
  good_cycle();
  const std::string id = only_id_of("kms");
  remove_file("storage.yaml");

  const CycleEnd end = cycle();

  EXPECT_EQ(sent("DELETE"), 0U);
  EXPECT_EQ(broken(plan_of(end)), 1U);
  EXPECT_EQ(hold().reason, "AllHold");
  EXPECT_EQ(status().ready.reason, "Conflicts");
  EXPECT_THAT(plan_text(plan_of(end), {}),
              HasSubstr("nothing else surely gives that: change the assertion first"));
  EXPECT_EQ(only_id_of("kms"), id);
}

TEST_F(Assertions, LetGoWhatAPolicyOfOthersGivesToo) {
  seed_demo();
  write_file("storage.yaml", kStorage);
  write_file("images.yaml", manifest_of("images", "is", {"cloud-object-storage"}));
  write_file("rules.yaml", assertion_of("storage-stays", kStorageStays));
  good_cycle();
  remove_file("storage.yaml");

  const CycleEnd end = cycle();

  EXPECT_EQ(broken(plan_of(end)), 0U);
  EXPECT_EQ(sent("DELETE"), 1U);
  EXPECT_EQ(hold().reason, "AllHold");
}

TEST_F(Assertions, ThatAreTakenOutWithWhatTheyGuardAreShown) {
  write_file("storage.yaml", kStorage);
  write_file("images.yaml", manifest_of("images", "is", {"cloud-object-storage"}));
  write_file("rules.yaml", assertion_of("storage-stays", kStorageStays));
  good_cycle();
  remove_file("storage.yaml");
  remove_file("rules.yaml");

  const CycleEnd end = cycle();

  EXPECT_EQ(sent("DELETE"), 1U);
  EXPECT_THAT(plan_text(plan_of(end), {}),
              HasSubstr("! this revision removes the assertion storage-stays\n"));
  EXPECT_EQ(hold().reason, "NoAssertions");
}

TEST_F(Assertions, WaitForAReplacementBeforeTheyLetGo) {
  write_file("storage.yaml", kStorage);
  write_file("rules.yaml",
             assertion_of("keys-stay", "always: [{target: {service: \"*s*\"}, roles: [Reader]}]"));
  good_cycle();
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"hs-crypto"}));

  const CycleEnd first = cycle();
  EXPECT_EQ(sent("DELETE"), 0U);
  EXPECT_EQ(broken(plan_of(first)), 0U);
  EXPECT_EQ(ours().size(), 2U);

  cycle();
  EXPECT_EQ(sent("DELETE"), 1U);
  EXPECT_EQ(ours().size(), 1U);
}

/// It may be the very policy that they forbid.
TEST_F(Assertions, AreUndecidedWhileAPolicyOfOthersCannotBeRead) {
  write_file("storage.yaml", kStorage);
  write_file("rules.yaml",
             assertion_of("no-databases", kNoDatabases) + "---\n" +
                 assertion_of("storage-stays", kStorageStays));
  good_cycle();
  ASSERT_EQ(hold().reason, "AllHold");
  std::vector<Json> listed = policies();
  Json odd = ours().at(0);
  odd["id"] = "0f0e0d0c-0b0a-4908-8706-050403020100";
  odd["description"] = "theirs";
  odd["created_by_id"] = "IBMid-them";
  odd["last_modified_by_id"] = "IBMid-them";
  odd["resource"]["attributes"][0]["value"] = 7;
  listed.push_back(odd);
  inject({.method = "GET",
          .path = "/v2/policies\\?",
          .times = 0,
          .status = 200,
          .body = Json{{"policies", listed}}.dump()});

  const CycleEnd end = cycle();

  EXPECT_EQ(hold().reason, "Undecided") << hold().message;
  const AssertionCounts counts = count(plan_of(end).assertions);
  EXPECT_EQ(counts.undecided, 1U) << "more policies do not break what is always to be";
  EXPECT_EQ(counts.hold, 1U);
  const std::string text = plan_text(plan_of(end), {});
  EXPECT_THAT(text, HasSubstr("1 policy of others cannot be read"));
  EXPECT_THAT(text, HasSubstr("0f0e0d0c-0b0a-4908-8706-050403020100"));
  service.clear_faults();
}

}  // namespace
}  // namespace authzd::test
