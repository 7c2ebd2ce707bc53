// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the golden file of the metrics (tests/golden/status) does not cover.

#include "daemon/status/metrics.hpp"

#include "tests/support/status_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string metrics_of(const FakeBoard& board, const CycleTally& tally = {}) {
  const RequestCounts none;
  return metrics_text({"1.2.3", board.accounts(), tally, none, {}, false, read_process_facts()});
}

TEST(Metrics, KnowNothingOfPoliciesBeforeTheFirstPlan) {
  FakeBoard board;
  AccountStatus fresh;
  fresh.name = "fresh";
  board.views = {{fresh, {}, nullptr}};

  const std::string text = metrics_of(board);

  EXPECT_THAT(text, Not(HasSubstr("authzd_policies")));
  EXPECT_THAT(text, Not(HasSubstr("authzd_last_sync_timestamp_seconds")));
  EXPECT_THAT(text, HasSubstr("authzd_condition{account=\"fresh\",type=\"Ready\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("authzd_reconcile_total{account=\"fresh\",result=\"error\"} 0\n"));
}

TEST(Metrics, ForgetAnAccountThatIsGone) {
  FakeBoard board = full_board();
  board.views.pop_back();

  EXPECT_THAT(metrics_of(board, full_tally()), Not(HasSubstr("account=\"test\"")));
}

TEST(Metrics, ForgetARailThatHoldsNothingAnyMore) {
  FakeBoard board = full_board();
  EXPECT_THAT(metrics_of(board), HasSubstr("authzd_held{account=\"test\",rail=\"delegate\"} 3\n"));

  board.views.back().status.holds.clear();
  EXPECT_THAT(metrics_of(board), Not(HasSubstr("authzd_held")));
}

TEST(Metrics, EscapeANameInALabel) {
  FakeBoard board;
  AccountStatus odd;
  odd.name = "a\"} 1\nforged 1";
  board.views = {{odd, {}, nullptr}};

  EXPECT_THAT(metrics_of(board), Not(HasSubstr("\nforged")));
}

TEST(Metrics, NameNoObject) {
  const std::string text = metrics_of(full_board(), full_tally());
  for (const char* name : {"backup", "images", "p-7", "p-1", "\"old\""}) {
    EXPECT_THAT(text, Not(HasSubstr(name)));
  }
}

TEST(ProcessFacts, AreThoseOfThisProcess) {
  const ProcessFacts before = read_process_facts();
  const int extra = dup(STDERR_FILENO);
  const ProcessFacts with_one_more = read_process_facts();
  close(extra);

  EXPECT_EQ(with_one_more.open_descriptors, before.open_descriptors + 1);
  EXPECT_GT(before.resident_bytes, 1U << 20U);
  EXPECT_GE(before.virtual_bytes, before.resident_bytes);
  EXPECT_GT(before.max_descriptors, before.open_descriptors);
  EXPECT_NEAR(before.start_time_seconds, with_one_more.start_time_seconds, 1);
  EXPECT_GT(before.start_time_seconds, 1.6e9);
}

TEST(Metrics, HaveAHistogramOnlyOfWhatWasObserved) {
  FakeBoard board;
  AccountStatus fresh;
  fresh.name = "fresh";
  board.views = {{fresh, {}, nullptr}};
  EXPECT_THAT(metrics_of(board), Not(HasSubstr("_bucket")));

  CycleTally tally;
  tally.add("fresh", {.took = std::chrono::milliseconds(300)});

  const std::string text = metrics_of(board, tally);
  EXPECT_THAT(text, HasSubstr("authzd_reconcile_time_seconds_count{account=\"fresh\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("authzd_drift_seconds")));
  EXPECT_THAT(text, Not(HasSubstr("authzd_deletion_seconds")));
}

TEST(Metrics, TellHowOftenIamIsAskedAtMost) {
  FakeBoard board = full_board();
  board.views.front().request_rate = 12.5;

  EXPECT_THAT(metrics_of(board),
              HasSubstr("authzd_iam_requests_per_second{account=\"production\"} 12.5\n"));
}

}  // namespace
}  // namespace authzd::test
