// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rollout/waves.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

RolloutRules two_waves() {
  RolloutRules rules;
  rules.waves = {{.name = "canary", .match = {{"ring", "canary"}}},
                 {.match = {{"env", "prod"}}, .after = std::chrono::hours(1)}};
  return rules;
}

TEST(Waves, AnAccountIsInTheFirstWaveWhoseLabelsItHas) {
  const RolloutRules rules = two_waves();
  EXPECT_EQ(wave_of(rules, {{"ring", "canary"}, {"env", "prod"}}), 0);
  EXPECT_EQ(wave_of(rules, {{"env", "prod"}}), 1);
  EXPECT_EQ(wave_of(rules, {{"env", "test"}}), 2) << "the last one, of those that fit none";
  EXPECT_EQ(wave_of(rules, {}), 2);
}

TEST(Waves, AreCalledByNumberAndName) {
  const RolloutRules rules = two_waves();
  EXPECT_EQ(wave_text(rules, 0), "wave 1 (canary)");
  EXPECT_EQ(wave_text(rules, 1), "wave 2");
  EXPECT_EQ(wave_text(rules, 2), "the last wave");
}

TEST(Waves, ALimitInPercentIsRoundedUpAndNeverStopsAWave) {
  const WaveLimit quarter{25, true};
  EXPECT_EQ(quarter.of(100), 25);
  EXPECT_EQ(quarter.of(43), 11);
  EXPECT_EQ(quarter.of(1), 1);
  EXPECT_EQ(quarter.of(0), 1);
  EXPECT_EQ((WaveLimit{10, false}.of(3)), 10);
}

TEST(Waves, RulesThatDifferHaveDifferentTexts) {
  RolloutRules other = two_waves();
  other.waves[1].after = std::chrono::hours(2);
  EXPECT_NE(rules_text(other), rules_text(two_waves()));
  other = two_waves();
  other.waves[1].max = WaveLimit{1, false};
  EXPECT_NE(rules_text(other), rules_text(two_waves()));
}

}  // namespace
}  // namespace authzd
