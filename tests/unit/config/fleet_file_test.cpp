// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/fleet_file.hpp"

#include <gtest/gtest.h>

#include <string>

namespace authzd {
namespace {

FleetOutcome load(const std::string& accounts) {
  return load_fleet({"fleet.yaml", "apiVersion: authzd/v1\nkind: Fleet\naccounts:\n" + accounts});
}

const std::string kId = "0123456789abcdef0123456789ABCDEF";

TEST(FleetFile, AnEntryThatSaysNothingMoreIsObserved) {
  const FleetOutcome outcome = load("  - {name: prod, id: " + kId + "}\n");

  ASSERT_EQ(outcome.entries.size(), 1U) << render(outcome.diagnostics);
  EXPECT_EQ(outcome.entries[0],
            (FleetEntry{{"prod"}, AccountId("0123456789abcdef0123456789abcdef")}));
  EXPECT_EQ(outcome.entries[0].mode, Mode::observe);
}

TEST(FleetFile, AnEntryHasLabelsParametersAModeAndAnEnd) {
  const FleetOutcome outcome =
      load("  - {name: prod, id: " + kId +
           ", labels: {env: prod}, params: {kms: x}, mode: sync, removed: true}\n");

  ASSERT_EQ(outcome.entries.size(), 1U) << render(outcome.diagnostics);
  const FleetEntry& entry = outcome.entries[0];
  EXPECT_EQ(entry.traits, (AccountTraits{"prod", {{"env", "prod"}}, {{"kms", "x"}}}));
  EXPECT_EQ(entry.mode, Mode::sync);
  EXPECT_TRUE(entry.is_removed);
}

TEST(FleetFile, OnlyTheConfigurationSaysHowAccountsAuthenticate) {
  const FleetOutcome outcome = load("  - {name: prod, id: " + kId + ", auth: {apiKeyFile: ./k}}\n");

  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].hint, "only the configuration says how accounts authenticate");
  EXPECT_TRUE(outcome.entries.empty()) << "nothing of a file with an error counts";
}

TEST(FleetFile, ANameAndAnIdAreOneAccounts) {
  const std::string twice =
      "  - {name: prod, id: " + kId + "}\n  - {name: prod, id: " + kId + "}\n";
  EXPECT_EQ(load(twice).diagnostics.size(), 2U);
}

TEST(FleetFile, AFileWithoutAFleetIsAnError) {
  const FleetOutcome outcome = load_fleet({"fleet.yaml", "# nothing\n"});
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].message, "there is no list of accounts in the file");
}

}  // namespace
}  // namespace authzd
