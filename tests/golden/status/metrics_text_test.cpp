// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Every metric, as a file that a reviewer reads and promtool checks.

#include "daemon/status/metrics.hpp"
#include "tests/golden/golden_files.hpp"
#include "tests/support/status_world.hpp"

#include <gtest/gtest.h>

namespace authzd::test {
namespace {

TEST(MetricsText, IsAsReviewed) {
  const CycleTally tally = full_tally();
  const RequestCounts requests{{{"/metrics", 200}, 7}, {{"other", 404}, 1}};
  ProcessFacts process;
  process.cpu_seconds = 1.5;
  process.start_time_seconds = 1'799'990'000;
  process.resident_bytes = 20U << 20U;
  process.virtual_bytes = 64U << 20U;
  process.open_descriptors = 17;
  process.max_descriptors = 1024;

  const FakeBoard board = full_board();
  const std::string text = metrics_text({"1.2.3",
                                         board.accounts(),
                                         tally,
                                         requests,
                                         board.git_requests(),
                                         true,
                                         process,
                                         some_rollout()});

  EXPECT_EQ(text, golden::expected_text("tests/golden/status", "metrics", ".txt", text));
}

}  // namespace
}  // namespace authzd::test
