// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rollout/progress.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

const std::set<Trouble> kAll{Trouble::held, Trouble::stalled, Trouble::failed};
const Symptom kHeld{Trouble::held, "held 1", "maxDelete: 12 deletes", {}};

CycleFaring clean(const std::string& revision) {
  return {.revision = revision, .is_applied = true};
}

CycleFaring with(CycleFaring cycle, Symptom symptom) {
  cycle.symptoms.push_back(std::move(symptom));
  return cycle;
}

RolloutProgress taken(const RolloutProgress& before = {}) {
  return after_passage(before, "r2", "r1", Passage::take, true);
}

TEST(RolloutProgressFold, AnAccountIsDoneAfterACleanCycleWithTheRevision) {
  const RolloutProgress progress = taken();
  EXPECT_EQ(reached_of(progress, "r2"), RolloutStep::taken);
  EXPECT_EQ(reached_of(progress, "r3"), RolloutStep::nothing);
  EXPECT_EQ(after_cycle(progress, clean("r2"), kAll).reached, RolloutStep::done);
}

TEST(RolloutProgressFold, ACycleOfTheRevisionBeforeSaysNothing) {
  EXPECT_EQ(after_cycle(taken(), clean("r1"), kAll).reached, RolloutStep::taken)
      << "it could not be loaded yet";
}

TEST(RolloutProgressFold, TroubleSinceItTookTheRevisionIsItsFault) {
  const RolloutProgress progress = after_cycle(taken(), with(clean("r2"), kHeld), kAll);
  EXPECT_EQ(progress.reached, RolloutStep::taken);
  EXPECT_EQ(progress.trouble, Trouble::held);
  EXPECT_EQ(progress.why, "maxDelete: 12 deletes");
  const RolloutProgress later = after_cycle(progress, clean("r2"), kAll);
  EXPECT_EQ(later.reached, RolloutStep::done);
  EXPECT_EQ(later.trouble, std::nullopt);
}

TEST(RolloutProgressFold, TroubleThatWasThereBeforeAndIsTheSameIsNot) {
  const RolloutProgress before =
      after_cycle(after_passage({}, "r1", "", Passage::take, true), with(clean("r1"), kHeld), kAll);
  RolloutProgress progress = taken(before);
  progress = after_cycle(progress, with(clean("r2"), kHeld), kAll);
  EXPECT_EQ(progress.trouble, std::nullopt);
  EXPECT_EQ(progress.reached, RolloutStep::done);
  progress = after_cycle(progress, clean("r2"), kAll);
  progress = after_cycle(progress, with(clean("r2"), kHeld), kAll);
  EXPECT_EQ(progress.trouble, Trouble::held) << "it had gone, and came back with this revision";
}

/// A commit on top of one that was stopped contains it.
TEST(RolloutProgressFold, TroubleWithARevisionThatWentNoFurtherIsThatOfTheNextOne) {
  const RolloutProgress stopped = after_cycle(taken(), with(clean("r2"), kHeld), kAll);
  RolloutProgress next = after_passage(stopped, "r3", "r2", Passage::take, false);
  next = after_cycle(next, with(clean("r3"), kHeld), kAll);
  EXPECT_EQ(next.trouble, Trouble::held);
  EXPECT_EQ(next.reached, RolloutStep::taken);
}

TEST(RolloutProgressFold, TroubleThatStopsNothingLeavesAnAccountDone) {
  const RolloutProgress progress =
      after_cycle(taken(), with(clean("r2"), kHeld), {Trouble::failed});
  EXPECT_EQ(progress.reached, RolloutStep::done);
  EXPECT_EQ(progress.trouble, std::nullopt);
}

TEST(RolloutProgressFold, ARefusalCountsForTheRevisionThatIsRefused) {
  const Symptom refused{Trouble::failed, "failed 1", "no owner", "r2"};
  EXPECT_EQ(after_cycle(taken(), with(clean("r1"), refused), kAll).trouble, Trouble::failed);
  Symptom of_other = refused;
  of_other.revision = "r9";
  EXPECT_EQ(after_cycle(taken(), with(clean("r2"), of_other), kAll).reached, RolloutStep::done);
}

TEST(RolloutProgressFold, ACycleThatFailedBeforeItsPlanIsTroubleOfWhatWasTaken) {
  const Symptom failed{Trouble::failed, "failed 2", "IAM answers 500", {}};
  EXPECT_EQ(after_cycle(taken(), with({}, failed), kAll).trouble, Trouble::failed);
}

TEST(RolloutProgressFold, WhatOnlyNarrowsIsNotDoneAndStopsNobody) {
  RolloutProgress progress = after_passage({}, "r2", "r1", Passage::narrow, true);
  CycleFaring cycle = with(clean("r2"), kHeld);
  cycle.narrows = true;
  progress = after_cycle(progress, cycle, kAll);
  EXPECT_EQ(progress.reached, RolloutStep::narrowing);
  EXPECT_EQ(progress.trouble, std::nullopt);
  progress = after_passage(progress, "r2", "r2", Passage::take, true);
  EXPECT_EQ(progress.reached, RolloutStep::taken);
}

TEST(RolloutProgressFold, NothingGoesBack) {
  const RolloutProgress done = after_cycle(taken(), clean("r2"), kAll);
  EXPECT_EQ(after_passage(done, "r2", "r2", Passage::take, true), done);
  EXPECT_EQ(after_passage(done, "r2", "r2", Passage::narrow, true), done);
  EXPECT_EQ(after_passage(done, "r2", "r2", Passage::wait, true), done);
}

TEST(RolloutProgressFold, ARevisionThatWasThereBeforeTheWavesCounts) {
  EXPECT_EQ(after_cycle({}, clean("r7"), kAll).reached, RolloutStep::done);
  const RolloutProgress old = after_cycle(taken(), clean("r2"), kAll);
  const RolloutProgress progress = after_cycle(old, clean("r7"), kAll);
  EXPECT_EQ(reached_of(progress, "r7"), RolloutStep::done) << "there were no waves in between";
}

}  // namespace
}  // namespace authzd
