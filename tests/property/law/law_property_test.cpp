// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The law of design §6, against an adversary who writes commits, edits IAM, changes clocks and
// removes the state. A failure prints the seed, and the shortest story that still breaks the law.
// To run one world: AUTHZD_SEED=17 with --gtest_filter; for more of them: AUTHZD_LAW_SEEDS=10000.
#include "tests/property/law/shrink.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <ostream>

namespace authzd::test {
namespace {

// For each climate. A sanitized build tests memory safety, and is ten times slower.
#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t kWorlds = 10;
#else
constexpr std::uint64_t kWorlds = 50;
#endif

struct Chapter {
  const char* name;
  Climate climate;
};

void PrintTo(const Chapter& chapter, std::ostream* out) {
  *out << chapter.name;
}

constexpr std::array kChapters = {Chapter{"Commits", Climate::commits},
                                  Chapter{"Hands", Climate::hands},
                                  Chapter{"Clocks", Climate::clocks},
                                  Chapter{"Memory", Climate::memory},
                                  Chapter{"Silence", Climate::silence},
                                  Chapter{"Storm", Climate::storm}};

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class CommitLaw : public testing::TestWithParam<Chapter> {};

TEST_P(CommitLaw, HoldsInEveryWorld) {
  const bool is_one = std::getenv("AUTHZD_SEED") != nullptr;
  const std::uint64_t first = number_from("AUTHZD_SEED", 0);
  const std::uint64_t end = is_one ? first + 1 : number_from("AUTHZD_LAW_SEEDS", kWorlds);
  for (std::uint64_t seed = first; seed < end; ++seed) {
    const Setting setting{.seed = seed};
    const Story story = make_story(seed, GetParam().climate);
    const auto findings = World(setting, story).live();
    if (findings.empty()) continue;
    const Law law = findings.front().law;
    const Shrunk shrunk = shrink(setting, story, law);
    FAIL() << "seed " << seed << " breaks the law of " << to_string(law) << ": " << shrunk.words
           << "\nThe shortest story that does:\n"
           << shrunk.told;
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, CommitLaw, testing::ValuesIn(kChapters), [](const auto& chapter) {
  return chapter.param.name;
});

}  // namespace
}  // namespace authzd::test
