// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A law that detects no bug is useless: each way around the rails that was ever found is reopened,
// one at a time, and its law must find a story that uses it.
#include "tests/property/law/shrink.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace authzd::test {
namespace {

constexpr std::uint64_t kMutatedWorlds = 150;

bool is_broken(const Setting& setting, const Story& story, Law law) {
  const auto findings = World(setting, story).live();
  return std::ranges::any_of(findings, [law](const Finding& each) { return each.law == law; });
}

/// Some story breaks the law with the bug, and does not without it.
bool breaks(Setting setting, Climate climate, Law law) {
  for (setting.seed = 0; setting.seed < kMutatedWorlds; ++setting.seed) {
    const Story story = make_story(setting.seed, climate);
    const Setting flawless{.seed = setting.seed};
    if (is_broken(setting, story, law) && !is_broken(flawless, story, law)) return true;
  }
  return false;
}

Setting with(Flaw flaw) {
  return {.flaw = flaw};
}

Setting deaf_to(const std::string& rail) {
  return {.deaf_to = rail};
}

TEST(CommitLawMutations, ForgettingItsDeletesBreaksTheCounts) {
  EXPECT_TRUE(breaks(with(Flaw::forgets_its_deletes), Climate::commits, Law::counts));
}

TEST(CommitLawMutations, AnnouncingEndsAtOnceBreaksTheCounts) {
  EXPECT_TRUE(breaks(with(Flaw::announces_at_once), Climate::commits, Law::counts));
}

TEST(CommitLawMutations, ApprovingMoreThanWasShownBreaksTheCounts) {
  EXPECT_TRUE(breaks(with(Flaw::approves_what_is_held), Climate::commits, Law::counts));
}

TEST(CommitLawMutations, BelievingTheHostsClockBreaksTheCounts) {
  EXPECT_TRUE(breaks(with(Flaw::believes_the_host), Climate::clocks, Law::counts));
}

TEST(CommitLawMutations, DeafnessToUseIsSeen) {
  EXPECT_TRUE(breaks(deaf_to("holdUsedWithin"), Climate::commits, Law::use));
}

TEST(CommitLawMutations, DeafnessToUnknownUseIsSeen) {
  EXPECT_TRUE(breaks(deaf_to("holdUnknown"), Climate::commits, Law::unknown_use));
}

TEST(CommitLawMutations, DeafnessToFirstDeletesIsSeen) {
  EXPECT_TRUE(breaks(deaf_to("firstDeletes"), Climate::memory, Law::first_deletes));
}

TEST(CommitLawMutations, DeafnessToBreadthIsSeen) {
  EXPECT_TRUE(breaks(deaf_to("broad"), Climate::commits, Law::breadth));
}

TEST(CommitLawMutations, DeafnessToDelegatorsIsSeen) {
  EXPECT_TRUE(breaks(deaf_to("holdDelegators"), Climate::commits, Law::delegators));
}

TEST(CommitLawMutations, DeafnessToTheGraceOfKeysIsSeen) {
  EXPECT_TRUE(breaks(deaf_to("removalGrace"), Climate::commits, Law::grace));
}

TEST(CommitLawMutations, EndingProtectionAtOnceIsSeen) {
  EXPECT_TRUE(breaks(with(Flaw::unprotects_at_once), Climate::commits, Law::protection));
}

TEST(CommitLawMutations, TakingAllForItsOwnIsSeen) {
  EXPECT_TRUE(breaks(with(Flaw::takes_all_for_its_own), Climate::hands, Law::ownership));
}

TEST(CommitLawMutations, BelievingAnyAccountIsSeen) {
  EXPECT_TRUE(breaks(with(Flaw::believes_any_account), Climate::hands, Law::ownership));
}

TEST(CommitLawMutations, StrippingMarkersIsSeenAsCapture) {
  EXPECT_TRUE(breaks(with(Flaw::strips_markers), Climate::commits, Law::capture));
}

TEST(CommitLawMutations, LyingAboutDeletesStopsRevocation) {
  EXPECT_TRUE(breaks(with(Flaw::lies_about_deletes), Climate::commits, Law::revocation));
}

TEST(CommitLawMutations, DisowningItsMarkersStopsRepair) {
  EXPECT_TRUE(breaks(with(Flaw::disowns_its_markers), Climate::hands, Law::repair));
}

}  // namespace
}  // namespace authzd::test
