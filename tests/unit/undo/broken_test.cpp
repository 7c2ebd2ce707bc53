// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// An undo respects the assertions of the manifests like a plan of theirs.
#include "reconciler/undo/protection.hpp"
#include "tests/support/model_world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd::test {
namespace {

const KnownRoleNames kNames{{"Reader", "Reader"}};

AccessPattern reads(const std::string& target) {
  return {{{"target.serviceName", target}}, {"Reader"}, {"rules.yaml", 7, 5}};
}

Assertion rule(std::vector<AccessPattern> never, std::vector<AccessPattern> always) {
  Assertion assertion{.name = "keys", .position = {"rules.yaml", 4, 9}};
  assertion.never = std::move(never);
  assertion.always = std::move(always);
  return assertion;
}

/// A run created `kms`, and deleted `hs-crypto`.
class BrokenByUndo : public ::testing::Test {
 protected:
  Undo undo(const Assertion& assertion, std::vector<Observed> others = {}) const {
    std::vector<Observed> observed = std::move(others);
    observed.push_back(made_);
    Undo undo = make_undo(kAccount, past(), observed, prod(), {});
    EXPECT_EQ(undo.plan.actions.size(), 2U);
    EXPECT_EQ(undo.touched.size(), 2U);
    return without_broken(std::move(undo), observed, std::vector{assertion}, kNames);
  }

  static std::string summary_of(const Undo& undo) {
    std::string text;
    for (const Action& action : undo.plan.actions) {
      text += std::string(to_string(action.verb)) + " " + action.id.value + "\n";
    }
    for (const Note& note : undo.plan.notes) {
      text += std::string(to_string(note.kind)) + " " + std::string(to_string(note.reason)) + " " +
              note.id.value + "\n";
    }
    return text;
  }

  Observed made_ = ours("p-made", wanted("disks", "server-protect", "kms"));
  Observed gone_ = ours("p-gone", wanted("backup", "server-protect", "hs-crypto"));

 private:
  [[nodiscard]] std::vector<PastAction> past() const {
    PastAction create{action_on(made_, Verb::create), Outcome{}};
    create.action.after = made_.content;
    PastAction removal{action_on(gone_, Verb::remove), Outcome{}};
    removal.action.before = gone_.content;
    for (PastAction* each : {&create, &removal}) {
      each->outcome->kind = OutcomeKind::done;
      each->outcome->wrote = true;
    }
    return {create, removal};
  }

  static Action action_on(const Observed& policy, Verb verb) {
    Action action;
    action.verb = verb;
    action.id = policy.id;
    action.key = key_of(kAccount, policy.content);
    return action;
  }
};

TEST_F(BrokenByUndo, WhatMustRemainIsNotTakenAway) {
  const Undo result = undo(rule({}, {reads("kms")}));

  EXPECT_EQ(summary_of(result), "create p-gone\nconflict AssertionBroken p-made\n");
  EXPECT_EQ(result.touched, std::set{key_of(kAccount, gone_.content)}) << "it would be pinned";
  ASSERT_EQ(result.plan.notes.size(), 1U);
  EXPECT_EQ(result.plan.notes[0].message,
            "not deleted: the assertion \"keys\" (rules.yaml:4:9) says always target.serviceName: "
            "kms, roles: Reader, and nothing else surely gives that: change the assertion first, "
            "or grant it elsewhere");
}

TEST_F(BrokenByUndo, WhatAPolicyOfOthersGivesTooIsTakenAway) {
  const Undo result = undo(rule({}, {reads("kms")}), {policy("p-other", "is", "kms")});

  EXPECT_EQ(summary_of(result), "create p-gone\ndelete p-made\n");
  EXPECT_EQ(result.touched.size(), 2U);
}

TEST_F(BrokenByUndo, WhatIsForbiddenIsNotBroughtBack) {
  const Undo result = undo(rule({reads("hs-crypto")}, {}));

  EXPECT_EQ(summary_of(result), "delete p-made\nconflict AssertionBroken p-gone\n");
  EXPECT_EQ(result.touched, std::set{key_of(kAccount, made_.content)});
}

TEST_F(BrokenByUndo, NothingIsKeptBackByWhatHolds) {
  const Undo result = undo(rule({reads("is")}, {reads("hs-crypto")}));

  EXPECT_EQ(summary_of(result), "create p-gone\ndelete p-made\n");
}

}  // namespace
}  // namespace authzd::test
