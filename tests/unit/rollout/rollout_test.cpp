// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The table of reconciler/rollout/rollout.hpp, line by line.
#include "reconciler/rollout/rollout.hpp"

#include "reconciler/rollout/rollout_view.hpp"

#include <gmock/gmock.h>

namespace authzd {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

const Timestamp kNoon = Timestamp{std::chrono::milliseconds(1'790'000'000'000)};

/// Two canaries, four accounts of production an hour later with half of them at once, and one that
/// fits neither.
class RolloutTable : public testing::Test {
 protected:
  RolloutTable() {
    rules.waves = {{.name = "canary", .match = {{"ring", "canary"}}},
                   {.name = "prod",
                    .match = {{"env", "prod"}},
                    .after = hours(1),
                    .max = WaveLimit{50, true}}};
    for (const char* name : {"c1", "c2"}) add(name, 0);
    for (const char* name : {"p1", "p2", "p3", "p4"}) add(name, 1);
    add("rest", 2);
    rollout.revision = "r2";
    rollout.began = kNoon;
  }

  void add(const std::string& name, std::size_t wave) {
    members.push_back({.account = AccountId(name), .name = name, .wave = wave});
  }

  RolloutMember& member(const std::string& name) {
    return *std::ranges::find(members, name, &RolloutMember::name);
  }

  void done(const std::vector<std::string>& names) {
    for (const std::string& name : names) member(name).reached = RolloutStep::done;
  }

  void complete(TrustedTime at) { rollout = with_completion(rollout, rules, members, at); }

  RolloutAnswer ask(const std::string& name, TrustedTime at) {
    return judge(rules, rollout, standing_of(rules, members), member(name), at);
  }

  RolloutRules rules;
  std::vector<RolloutMember> members;
  Rollout rollout;
};

TEST_F(RolloutTable, TheFirstWaveTakesANewRevisionAtOnce) {
  EXPECT_EQ(ask("c1", trusted_at(kNoon)).passage, Passage::take);
  EXPECT_EQ(ask("p1", trusted_at(kNoon)).why, WaitReason::wave_before);
}

TEST_F(RolloutTable, AnAccountThatHasTakenTheRevisionKeepsIt) {
  member("p1").reached = RolloutStep::taken;
  rollout.is_paused = true;
  EXPECT_EQ(ask("p1", trusted_at(kNoon)).passage, Passage::take);
}

TEST_F(RolloutTable, APromotedRevisionIsForAll) {
  rollout.is_promoted = true;
  member("c1").reached = RolloutStep::taken;
  member("c1").trouble = Trouble::failed;
  EXPECT_EQ(ask("rest", trusted_at(kNoon)).passage, Passage::take);
}

TEST_F(RolloutTable, NobodyTakesAPausedOne) {
  rollout.is_paused = true;
  rollout.is_urgent = true;
  const RolloutAnswer answer = ask("c1", trusted_at(kNoon));
  EXPECT_EQ(answer.passage, Passage::wait) << "a pause is the last word, also for what narrows";
  EXPECT_EQ(answer.why, WaitReason::paused);
}

TEST_F(RolloutTable, APauseEndsAPromotion) {
  rollout.is_promoted = true;
  rollout.is_paused = true;
  EXPECT_EQ(ask("rest", trusted_at(kNoon)).why, WaitReason::paused);
}

TEST_F(RolloutTable, ASuspendedAccountTakesNothing) {
  member("c1").is_suspended = true;
  EXPECT_EQ(ask("c1", trusted_at(kNoon)).why, WaitReason::suspended);
  rollout.is_promoted = true;
  EXPECT_EQ(ask("c1", trusted_at(kNoon)).passage, Passage::wait);
}

TEST_F(RolloutTable, TroubleOfWhoHasTakenItStopsAllOthers) {
  member("c1").reached = RolloutStep::done;
  member("c1").trouble = Trouble::held;
  member("c1").why = "maxDelete: 12 deletes";
  const RolloutAnswer answer = ask("c2", trusted_at(kNoon));
  EXPECT_EQ(answer.why, WaitReason::stopped);
  EXPECT_THAT(reason_text(rules, answer), HasSubstr("account c1 is held with it: maxDelete"));
}

TEST_F(RolloutTable, TroubleThatIsNotInStopOnStopsNobody) {
  rules.stop_on = {Trouble::stalled};
  member("c1").reached = RolloutStep::taken;
  member("c1").trouble = Trouble::held;
  EXPECT_EQ(ask("c2", trusted_at(kNoon)).passage, Passage::take);
}

TEST_F(RolloutTable, TroubleOfWhoDoesNotHaveItStopsNobody) {
  member("p1").trouble = Trouble::failed;
  EXPECT_EQ(ask("c1", trusted_at(kNoon)).passage, Passage::take);
}

TEST_F(RolloutTable, ALaterWaveWaitsForEachAccountOfTheOnesBefore) {
  done({"c1"});
  complete(trusted_at(kNoon));
  const RolloutAnswer answer = ask("p1", trusted_at(kNoon + hours(9)));
  EXPECT_EQ(answer.why, WaitReason::wave_before);
  EXPECT_EQ(answer.account, "c2");
}

TEST_F(RolloutTable, WhoDoesNotCountHoldsNobodyBack) {
  done({"c1"});
  member("c2").counts = false;
  complete(trusted_at(kNoon));
  EXPECT_EQ(ask("p1", trusted_at(kNoon + hours(1))).passage, Passage::take);
  member("c2").reached = RolloutStep::taken;
  member("c2").trouble = Trouble::failed;
  EXPECT_EQ(ask("p1", trusted_at(kNoon + hours(1))).passage, Passage::take);
}

TEST_F(RolloutTable, AfterCountsFromWhenTheWaveBeforeIsComplete) {
  done({"c1", "c2"});
  complete(trusted_at(kNoon));
  EXPECT_EQ(ask("p1", trusted_at(kNoon + hours(1) - std::chrono::milliseconds(1))).why,
            WaitReason::after);
  EXPECT_EQ(ask("p1", trusted_at(kNoon + hours(1))).passage, Passage::take);
}

TEST_F(RolloutTable, AClockThatIsNotTrustedReleasesNoWave) {
  done({"c1", "c2"});
  TrustedTime doubted;
  doubted.now = doubted.earliest = doubted.latest = kNoon + hours(5);
  complete(doubted);
  EXPECT_EQ(ask("p1", trusted_at(kNoon + hours(9))).why, WaitReason::clock)
      << "nobody knows since when the wave is complete";
  complete(trusted_at(kNoon));
  EXPECT_EQ(ask("p1", doubted).why, WaitReason::clock);
}

TEST_F(RolloutTable, ATimeInTheFutureCountsAsNow) {
  done({"c1", "c2"});
  complete(trusted_at(kNoon + hours(1'000)));
  complete(trusted_at(kNoon));
  EXPECT_EQ(ask("p1", trusted_at(kNoon + hours(1))).passage, Passage::take);
}

TEST_F(RolloutTable, AWaveIsNotCompleteWhileAnAccountOfItIsInTrouble) {
  done({"c1", "c2"});
  member("c1").trouble = Trouble::held;
  complete(trusted_at(kNoon));
  member("c1").trouble.reset();
  complete(trusted_at(kNoon + hours(2)));
  EXPECT_EQ(ask("p1", trusted_at(kNoon + hours(2))).why, WaitReason::after);
  member("c1").trouble = Trouble::failed;
  complete(trusted_at(kNoon + hours(3)));
  member("c1").trouble.reset();
  EXPECT_EQ(ask("p1", trusted_at(kNoon + hours(3))).passage, Passage::take)
      << "trouble that passes stops, and does not start the time again";
}

TEST_F(RolloutTable, AnAccountThatComesToACompleteWaveOpensItAgain) {
  done({"c1", "c2"});
  complete(trusted_at(kNoon));
  add("c3", 0);
  complete(trusted_at(kNoon + hours(1)));
  EXPECT_EQ(ask("p1", trusted_at(kNoon + hours(1))).why, WaitReason::wave_before);
  done({"c3"});
  complete(trusted_at(kNoon + hours(2)));
  EXPECT_EQ(ask("p1", trusted_at(kNoon + hours(2))).why, WaitReason::after);
}

TEST_F(RolloutTable, AsManyAsMaxAreOnTheirWay) {
  done({"c1", "c2"});
  complete(trusted_at(kNoon));
  const TrustedTime later = trusted_at(kNoon + hours(1));
  member("p1").reached = RolloutStep::taken;
  EXPECT_EQ(ask("p2", later).passage, Passage::take);
  member("p2").reached = RolloutStep::taken;
  EXPECT_EQ(ask("p3", later).why, WaitReason::max) << "half of four";
  done({"p1"});
  EXPECT_EQ(ask("p3", later).passage, Passage::take);
}

TEST_F(RolloutTable, WhoFitsNoWaveComesLast) {
  done({"c1", "c2", "p1", "p2", "p3"});
  complete(trusted_at(kNoon));
  EXPECT_EQ(ask("rest", trusted_at(kNoon + hours(9))).why, WaitReason::wave_before);
  done({"p4"});
  complete(trusted_at(kNoon));
  EXPECT_EQ(ask("rest", trusted_at(kNoon)).passage, Passage::take);
}

TEST_F(RolloutTable, OfAnUrgentRevisionWhatNarrowsDoesNotWait) {
  rollout.is_urgent = true;
  EXPECT_EQ(ask("c1", trusted_at(kNoon)).passage, Passage::take) << "its wave has come";
  const RolloutAnswer answer = ask("rest", trusted_at(kNoon));
  EXPECT_EQ(answer.passage, Passage::narrow);
  EXPECT_EQ(answer.why, WaitReason::wave_before);
}

TEST_F(RolloutTable, WhoHasBegunToNarrowGoesOnWithThat) {
  member("rest").reached = RolloutStep::narrowing;
  rollout.is_paused = true;
  EXPECT_EQ(ask("rest", trusted_at(kNoon)).passage, Passage::narrow);
}

TEST_F(RolloutTable, ANewerRevisionStartsAtTheFirstWaveAndKeepsAPause) {
  rollout.is_paused = rollout.is_promoted = rollout.is_urgent = rollout.is_complete = true;
  done({"c1", "c2"});
  complete(trusted_at(kNoon));
  const Rollout next = next_rollout(rollout, "r3", kNoon + hours(2));
  EXPECT_EQ(next, (Rollout{.revision = "r3", .began = kNoon + hours(2), .is_paused = true}));
}

TEST_F(RolloutTable, IsCompleteWhenEveryAccountThatCountsIsDone) {
  done({"c1", "c2", "p1", "p2", "p3", "p4"});
  member("rest").counts = false;
  complete(trusted_at(kNoon));
  EXPECT_TRUE(rollout.is_complete);
  const RolloutView view = view_of(rules, rollout, members, trusted_at(kNoon));
  EXPECT_EQ(state_of(view), "complete");
  EXPECT_EQ(view.done, 6);
  EXPECT_EQ(view.waves[2].left_out, 1);
}

TEST_F(RolloutTable, TheViewSaysWhyEachAccountWaits) {
  member("c1").reached = RolloutStep::taken;
  member("c1").trouble = Trouble::failed;
  member("c1").why = "IAM answers 500";
  const RolloutView view = view_of(rules, rollout, members, trusted_at(kNoon));
  EXPECT_EQ(state_of(view), "stopped");
  EXPECT_EQ(view.stopped, "account c1 is failed with it: IAM answers 500");
  ASSERT_EQ(view.waiting.size(), 6);
  EXPECT_EQ(view.waiting.front().name, "c2");
  EXPECT_EQ(view.waiting.back().why,
            "the last wave: the rollout is stopped: account c1 is failed with it: IAM answers 500");
}

}  // namespace
}  // namespace authzd
