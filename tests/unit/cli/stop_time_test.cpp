// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The units allow a stop enough time: for the longest write, the read that shows its outcome, and
// the last notices.

#include "daemon/app/notice_sender.hpp"
#include "daemon/cycle/converge_driver.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <string>

namespace authzd::test {
namespace {

/// "KEY=120s" of a unit.
std::optional<std::chrono::seconds> seconds_of(const std::string& unit, const std::string& key) {
  std::ifstream file(source_path("systemd/" + unit));
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key + "=")) continue;
    return std::chrono::seconds(std::stoi(line.substr(key.size() + 1)));
  }
  return std::nullopt;
}

class StopTime : public testing::TestWithParam<const char*> {};

TEST_P(StopTime, OfAUnitHoldsTheLongestWriteAndWhatFollowsIt) {
  const auto given = seconds_of(GetParam(), "TimeoutStopSec");

  ASSERT_TRUE(given) << GetParam() << " has no TimeoutStopSec in seconds";
  EXPECT_GT(*given, HttpLimits{}.total + kSettleGrace + kLastNotices);
}

INSTANTIATE_TEST_SUITE_P(Units,
                         StopTime,
                         testing::Values("authzd.service.in",
                                         "authzd@.service.in",
                                         "authzd-once.service.in"));

}  // namespace
}  // namespace authzd::test
