// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/converge/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace authzd::test {
namespace {

struct Climate {
  std::string name;
  Weather weather;
};

void PrintTo(const Climate& climate, std::ostream* out) {
  *out << climate.name;
}

class ConvergeLaws : public testing::TestWithParam<Climate> {};

TEST_P(ConvergeLaws, HoldWhateverHappens) {
  constexpr std::uint64_t kWorlds = 1'000;
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    const Verdict verdict = World(seed, GetParam().weather).run();

    ASSERT_TRUE(verdict.has_ended) << "seed " << seed;
    ASSERT_THAT(verdict.faults, testing::IsEmpty()) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Weather,
                         ConvergeLaws,
                         testing::ValuesIn(std::vector<Climate>{
                             {"Clear", {}},
                             {"LostReplies", {.lost_before = 25, .lost_after = 25}},
                             {"Refusals", {.refused = 30}},
                             {"NoEtags", {.no_etag = 40}},
                             {"LaggingReplicas", {.lag = 40}},
                             {"LostRepliesAndLag",
                              {.lost_before = 20, .lost_after = 20, .lag = 40}},
                             {"OtherHands", {.meddling = 30}},
                             {"Nonsense", {.nonsense = 40}},
                             {"Stops", {.lost_before = 15, .lost_after = 15, .stop = 20}},
                             {"Storm",
                              {.refused = 10,
                               .lost_before = 15,
                               .lost_after = 15,
                               .no_etag = 15,
                               .lag = 20,
                               .meddling = 15,
                               .nonsense = 10,
                               .stop = 5}},
                         }),
                         [](const auto& climate) { return climate.param.name; });

}  // namespace
}  // namespace authzd::test
