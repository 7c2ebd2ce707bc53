// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/config.hpp"

#include <gmock/gmock.h>

namespace authzd {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

ConfigOutcome load_with(const std::string& rollout) {
  return load_config({"authzd.yaml",
                      "apiVersion: authzd/v1\nkind: Configuration\nowner: prod\nmode: sync\n"
                      "source: {directory: {path: /m}}\n" +
                          rollout +
                          "accounts:\n"
                          "  - {name: one, id: 0123456789abcdef0123456789abcdef,"
                          " labels: {ring: canary}, auth: {apiKeyFile: /k}}\n"
                          "  - {name: two, id: 1123456789abcdef0123456789abcdef,"
                          " labels: {env: prod}, auth: {apiKeyFile: /k}}\n"},
                     {});
}

TEST(RolloutSection, ReadsWavesInTheirOrder) {
  const ConfigOutcome loaded = load_with(
      "rollout:\n  waves:\n    - {name: canary, match: {ring: canary}, max: 1}\n"
      "    - {match: {env: prod}, after: 1h, max: 25%}\n  stopOn: [stalled]\n");
  ASSERT_TRUE(loaded.diagnostics.empty()) << render(loaded.diagnostics);
  const RolloutRules expected{
      {{.name = "canary", .match = {{"ring", "canary"}}, .max = WaveLimit{1, false}},
       {.match = {{"env", "prod"}}, .after = hours(1), .max = WaveLimit{25, true}}},
      {Trouble::stalled}};
  EXPECT_EQ(loaded.config.rollout, expected);
}

TEST(RolloutSection, StopsOnAnythingAndHasNoWavesByDefault) {
  EXPECT_TRUE(load_with("").config.rollout.waves.empty());
  const RolloutRules rules =
      load_with("rollout: {waves: [{match: {ring: canary}}]}\n").config.rollout;
  EXPECT_EQ(rules.stop_on, (std::set<Trouble>{Trouble::held, Trouble::stalled, Trouble::failed}));
}

TEST(RolloutSection, WarnsOfAWaveThatNoAccountCanBeIn) {
  const ConfigOutcome loaded = load_with("rollout: {waves: [{match: {ring: canery}}]}\n");
  ASSERT_EQ(loaded.diagnostics.size(), 1);
  EXPECT_EQ(loaded.diagnostics.front().severity, Severity::warning);
  EXPECT_THAT(loaded.diagnostics.front().message, HasSubstr("no account is in wave 1"));
}

}  // namespace
}  // namespace authzd
