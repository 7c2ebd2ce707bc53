// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A revision on its way from a canary to another account: what each of them enforces meanwhile.
#include "daemon/status/accounts_report.hpp"
#include "tests/integration/cycle/service_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// "first" is the canary, "second" comes when its wave does.
class Rollout : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    rules.waves = {{.name = "canary", .match = {{"ring", "canary"}}}, {.match = {{"env", "prod"}}}};
    approve_first_deletes_of("second");
    open_both();
  }

  /// As after a start of the process, on the same state.
  void open_both() {
    first.reset();
    second.reset();
    rollout = *RolloutKeeper::open(database);
    first = open("first");
    second = open("second");
    follow();
  }

  void follow() {
    ASSERT_TRUE(
        rollout->follow(rules,
                        {{first->spec().id, "first", {{"ring", "canary"}, {"env", "prod"}}, false},
                         {second->spec().id, "second", {{"env", "prod"}}, false}}));
  }

  void approve_first_deletes_of(const std::string& name) {
    AccountState mine(database, open(name)->spec().id);
    ASSERT_TRUE(mine.approvals.approve_first_deletes({"the test", clock.now()}));
  }

  CycleEnd cycle_of(AccountRuntime& which) {
    CycleEnd end = run(io, run_cycle(which, randomness.hex(12), stop));
    EXPECT_FALSE(end.error) << to_string(*end.error);
    clock.advance(1min);
    return end;
  }

  /// The targets of what we made in the account.
  std::vector<std::string> targets_in(const AccountRuntime& which) {
    std::vector<std::string> targets;
    for (const Json& policy : ours()) {
      const bool is_there = policy.dump().find(which.spec().id.value) != std::string::npos;
      if (is_there) targets.push_back(target_of(policy));
    }
    return targets;
  }

  /// Both accounts have a first revision: a grant to kms.
  void roll_out_first() {
    cycle_of(*first);
    cycle_of(*second);
    ASSERT_THAT(targets_in(*second), UnorderedElementsAre("kms"));
  }

  void roll_out_first_two() {
    cycle_of(*first);
    cycle_of(*second);
    ASSERT_THAT(targets_in(*second), UnorderedElementsAre("kms", "hs-crypto"));
  }

  RolloutRules rules;
  std::shared_ptr<AccountRuntime> first;
  std::shared_ptr<AccountRuntime> second;
};

TEST_F(Rollout, AnAccountWithoutARevisionWaitsForItsWaveWithNothingLoaded) {
  const CycleEnd end = cycle_of(*second);
  EXPECT_FALSE(end.performed);
  EXPECT_EQ(state_word(second->status()), "WaitsForWave");
  EXPECT_THAT(second->status().ready.message, HasSubstr("account first"));
  EXPECT_THAT(targets_in(*second), IsEmpty());
  cycle_of(*first);
  cycle_of(*second);
  EXPECT_EQ(state_word(second->status()), "Ready");
  EXPECT_THAT(targets_in(*second), UnorderedElementsAre("kms"));
}

TEST_F(Rollout, ALaterAccountEnforcesWhatItHasUntilItsWaveComes) {
  roll_out_first();
  write_file("b.yaml", manifest_of("more", "server-protect", {"hs-crypto"}));
  cycle_of(*second);
  EXPECT_THAT(targets_in(*second), UnorderedElementsAre("kms"));
  EXPECT_EQ(state_word(second->status()), "Ready");
  ASSERT_TRUE(second->status().rollout);
  EXPECT_EQ(second->status().rollout->wave, "wave 2");
  cycle_of(*first);
  cycle_of(*second);
  EXPECT_THAT(targets_in(*second), UnorderedElementsAre("kms", "hs-crypto"));
  EXPECT_FALSE(second->status().rollout);
}

TEST_F(Rollout, WhatIsEnforcedMeanwhileIsRepairedAlsoAfterARestart) {
  roll_out_first();
  write_file("b.yaml", manifest_of("more", "server-protect", {"hs-crypto"}));
  cycle_of(*second);
  open_both();
  for (const Json& policy : ours()) {
    const bool is_there = policy.dump().find(second->spec().id.value) != std::string::npos;
    if (is_there) edit(policy.at("id"), {{"description", "mine now"}});
  }
  cycle_of(*second);
  EXPECT_THAT(targets_in(*second), UnorderedElementsAre("kms"));
}

/// The newest revision restores what the one in force removes.
TEST_F(Rollout, NoGraceEndsWhileANewerRevisionWaits) {
  spec.rails = {};
  spec.rails.limits.max_delete_percent = 1'000;
  rules.stop_on.clear();
  open_both();
  write_file("b.yaml", manifest_of("more", "server-protect", {"hs-crypto"}));
  roll_out_first_two();
  write_file("b.yaml", manifest_of("more", "server-protect", {"cloud-object-storage"}));
  cycle_of(*first);
  ASSERT_TRUE(rollout->promote({}, false, "alice", second->time()));
  cycle_of(*second);
  ASSERT_TRUE(second->status().held.is_true) << "the grace of hs-crypto runs";
  write_file("b.yaml", manifest_of("more", "server-protect", {"hs-crypto"}));
  cycle_of(*second);
  ASSERT_TRUE(second->status().rollout);
  clock.advance(2h);

  cycle_of(*second);

  EXPECT_THAT(targets_in(*second), testing::Contains("hs-crypto"));
}

TEST_F(Rollout, ACanaryThatIsHeldStopsTheOthers) {
  spec.rails.limits.max_create = 1;
  open_both();
  roll_out_first();
  write_file("b.yaml", manifest_of("more", "server-protect", {"hs-crypto", "messagehub"}));
  const CycleEnd held = cycle_of(*first);
  EXPECT_THAT(held.rollout.stopped, HasSubstr("held"));
  cycle_of(*second);
  ASSERT_TRUE(second->status().rollout);
  EXPECT_THAT(second->status().rollout->why, HasSubstr("account first is held with it"));
  EXPECT_THAT(targets_in(*second), UnorderedElementsAre("kms"));
  write_file("b.yaml", manifest_of("more", "server-protect", {"hs-crypto"}));
  clock.advance(25h);  // out of the window of the rails
  EXPECT_THAT(cycle_of(*first).rollout.stopped, IsEmpty());
  EXPECT_THAT(cycle_of(*second).rollout.complete, testing::StartsWith("dir:"));
  EXPECT_THAT(targets_in(*second), UnorderedElementsAre("kms", "hs-crypto"));
}

TEST_F(Rollout, ACanaryWithANewConflictStopsTheOthers) {
  roll_out_first();
  write_file("b.yaml", manifest_of("more", "server-protect", {"hs-crypto"}, "NoSuchRole"));
  EXPECT_THAT(cycle_of(*first).rollout.stopped, HasSubstr("conflict: more"));
  cycle_of(*second);
  EXPECT_TRUE(second->status().rollout);
}

TEST_F(Rollout, AnInvalidRevisionGoesNoFurtherThanTheCanary) {
  roll_out_first();
  write_file("b.yaml", "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: x}\n");
  const CycleEnd refused = cycle_of(*first);
  EXPECT_TRUE(refused.refusal);
  EXPECT_THAT(refused.rollout.stopped, HasSubstr("failed"));
  EXPECT_FALSE(cycle_of(*second).refusal) << "it has not read it";
  EXPECT_EQ(state_word(second->status()), "Ready");
}

TEST_F(Rollout, APromotedRevisionIsForAllAtOnce) {
  roll_out_first();
  write_file("b.yaml", manifest_of("more", "server-protect", {"hs-crypto"}));
  cycle_of(*second);
  ASSERT_TRUE(rollout->promote({}, false, "alice", trusted_at(clock.now())));
  cycle_of(*second);
  EXPECT_THAT(targets_in(*second), UnorderedElementsAre("kms", "hs-crypto"));
  EXPECT_THAT(targets_in(*first), UnorderedElementsAre("kms")) << "it had no cycle";
}

TEST_F(Rollout, OfAnUrgentRevisionWhatGivesAccessWaits) {
  roll_out_first();
  write_file("a.yaml", manifest_of("storage", "server-protect", {"hs-crypto"}));
  cycle_of(*second);
  ASSERT_TRUE(rollout->promote({}, true, "alice", trusted_at(clock.now())));
  cycle_of(*second);
  EXPECT_THAT(targets_in(*second), IsEmpty()) << "the grant to kms is gone";
  ASSERT_TRUE(second->status().rollout);
  EXPECT_TRUE(second->status().rollout->is_started);
  EXPECT_EQ(state_word(second->status()), "OutOfSync");

  open_both();
  cycle_of(*second);
  EXPECT_THAT(targets_in(*second), IsEmpty()) << "over a restart";
  cycle_of(*first);
  cycle_of(*second);
  EXPECT_THAT(targets_in(*second), UnorderedElementsAre("hs-crypto")) << "its wave has come";
  EXPECT_FALSE(second->status().rollout);
  EXPECT_EQ(state_word(second->status()), "Ready");
}

TEST_F(Rollout, APlanShowsWhatAnAccountThatWaitsWillDo) {
  roll_out_first();
  write_file("b.yaml", manifest_of("more", "server-protect", {"hs-crypto"}));
  cycle_of(*second);
  const auto now = run(io, second->loader().look(clock.now()));
  EXPECT_EQ(now->good->desired.grants.size(), 1);
  const auto then = run(io, second->loader().look(clock.now(), Ahead::yes));
  EXPECT_EQ(then->good->desired.grants.size(), 2);
  EXPECT_TRUE(then->wait);
  cycle_of(*second);
  EXPECT_THAT(targets_in(*second), UnorderedElementsAre("kms")) << "to look takes nothing";
}

TEST_F(Rollout, WithoutWavesEachRevisionIsForAll) {
  roll_out_first();
  rules.waves.clear();
  rollout = nullptr;
  second = open("second");
  write_file("b.yaml", manifest_of("more", "server-protect", {"hs-crypto"}));
  cycle_of(*second);
  EXPECT_THAT(targets_in(*second), UnorderedElementsAre("kms", "hs-crypto"));
}

TEST_F(Rollout, TheDaemonWakesAnAccountWhenItsWaveComes) {
  make({first, second});
  run_until([this] { return targets_in(*second).size() == 1; });
  EXPECT_LE(cycles_of("second").back() - cycles_of("first").back(), 10s);
}

}  // namespace
}  // namespace authzd::test
