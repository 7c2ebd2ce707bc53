// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The laws of design §5 and §6, for thousands of small worlds:
//   safety       no write to foreign policies, none in observe, no rail passed without approval
//   convergence  some cycles after the storm, our policies match the manifests
//   rest         then no write is sent any more
//   record       every write that IAM did is in the state, with its outcome
// Each law has a deliberate bug that it must detect (the mutation check).
#include "tests/property/fleet/fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>

namespace authzd::test {
namespace {

// For each company and climate. A sanitized build tests memory safety, and is ten times slower.
#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t kWorlds = 8;
#else
constexpr std::uint64_t kWorlds = 130;
#endif

struct Chapter {
  std::string name;
  Company company;
  Storm storm;
};

void PrintTo(const Chapter& chapter, std::ostream* out) {
  *out << chapter.name;
}

constexpr Storm kClear{};
constexpr Storm kFaults{.refused = 6, .lost_before = 5, .lost_after = 8, .no_etag = 5, .lag = 10};
constexpr Storm kCrashes{.lost_after = 5, .lag = 5, .kill = 4};
constexpr Storm kEverything{.refused = 4,
                            .lost_before = 3,
                            .lost_after = 5,
                            .no_etag = 3,
                            .lag = 8,
                            .meddling = 6,
                            .kill = 3};

std::vector<Chapter> chapters() {
  std::vector<Chapter> all;
  for (const auto& [company, who] : {std::pair{Company::alone, "Alone"},
                                     std::pair{Company::two_owners, "TwoOwners"},
                                     std::pair{Company::twins, "Twins"},
                                     std::pair{Company::observer, "Observer"}}) {
    for (const auto& [storm, what] : {std::pair{kClear, "Clear"},
                                      std::pair{kFaults, "Faults"},
                                      std::pair{kCrashes, "Crashes"},
                                      std::pair{kEverything, "Everything"}}) {
      all.push_back({std::string(who) + what, company, storm});
    }
  }
  return all;
}

class FleetLaws : public testing::TestWithParam<Chapter> {};

TEST_P(FleetLaws, HoldInEveryWorld) {
  // To run one world: AUTHZD_SEED=17 with --gtest_filter.
  const char* only = std::getenv("AUTHZD_SEED");
  const std::uint64_t first = only != nullptr ? std::strtoull(only, nullptr, 10) : 0;
  const std::uint64_t end = only != nullptr ? first + 1 : kWorlds;
  for (std::uint64_t seed = first; seed < end; ++seed) {
    const Story story{seed, GetParam().company, GetParam().storm};

    EXPECT_THAT(Fleet(story).run(), testing::IsEmpty()) << "seed " << seed;
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, FleetLaws, testing::ValuesIn(chapters()), [](const auto& chapter) {
  return chapter.param.name;
});

/// Whether the laws report these words for some world with that bug.
bool see(Bug bug, const std::string& words) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    for (const std::string& fault : Fleet({seed, Company::two_owners, kClear, bug}).run()) {
      if (fault.find(words) != std::string::npos) return true;
    }
  }
  return false;
}

TEST(FleetMutations, TakingAllForItsOwnBreaksSafety) {
  EXPECT_TRUE(see(Bug::takes_all_for_its_own, "not its own"));
}

TEST(FleetMutations, WritingInObserveBreaksSafety) {
  EXPECT_TRUE(see(Bug::writes_in_observe, "in mode observe"));
}

TEST(FleetMutations, ForgettingItsDeletesPassesARail) {
  EXPECT_TRUE(see(Bug::forgets_its_deletes, "nobody approved"));
}

TEST(FleetMutations, LyingAboutDeletesBreaksConvergence) {
  EXPECT_TRUE(see(Bug::lies_about_deletes, "not wanted, and still there"));
}

TEST(FleetMutations, SeeingGhostsBreaksRest) {
  EXPECT_TRUE(see(Bug::sees_ghosts, "not at rest"));
}

TEST(FleetMutations, KeepingNoRecordIsSeen) {
  EXPECT_TRUE(see(Bug::keeps_no_record, "is in no record"));
}

}  // namespace
}  // namespace authzd::test
