// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/account_state.hpp"
#include "daemon/status/status_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

AccountStatus account(const std::string& name) {
  AccountStatus status;
  status.name = name;
  status.last_run.emplace();
  status.ready.is_true = true;
  return status;
}

TEST(StatusLine, CountsAccountsAndNamesThoseThatNeedALook) {
  std::vector<AccountStatus> accounts{account("a"), account("b"), account("c"), account("d")};
  accounts[1].held.is_true = true;
  accounts[2].stalled.is_true = true;
  accounts[2].ready.is_true = false;
  accounts[3].ready.is_true = false;

  EXPECT_EQ(status_line({accounts}),
            "4 accounts: 1 ready, 1 stalled (c), 1 not ready (d), 1 held (b)");
}

TEST(StatusLine, KnowsNothingBeforeTheFirstCycleHasEnded) {
  std::vector<AccountStatus> accounts{account("a")};
  accounts[0].last_run.reset();

  EXPECT_EQ(status_line({accounts}), "1 account: 1 starting");
}

TEST(StatusLine, SaysFirstThatAReloadWasRefused) {
  EXPECT_EQ(status_line({{account("a")}, RefusedReload{{}, "a.yaml:1:1: error: bad"}}),
            "reload refused; 1 account: 1 ready");
}

TEST(StatusLine, NamesAFewOfMany) {
  std::vector<AccountStatus> accounts;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    accounts.push_back(account(name));
    accounts.back().is_suspended = true;
  }

  EXPECT_EQ(status_line({accounts}), "5 accounts: 5 suspended (a, b, c, …)");
}

TEST(StatusText, ShowsThoseFirstThatNeedAPersonMost) {
  std::vector<AccountStatus> accounts{account("well"),
                                      account("held"),
                                      account("widened"),
                                      account("refused"),
                                      account("stalled"),
                                      account("observed")};
  accounts[1].held.is_true = true;
  accounts[2].held.is_true = true;
  accounts[2].standing_widenings = 1;
  accounts[3].ready.is_true = false;
  accounts[3].ready.kind = ConditionReason::revision_refused;
  accounts[3].held.is_true = true;
  accounts[4].stalled.is_true = true;
  accounts[5].ready.kind = ConditionReason::kept_back;

  const std::string text = status_text({accounts}, {}, {});

  EXPECT_THAT(text, testing::StartsWith("6 accounts: 1 ready, 1 stalled, "));
  std::size_t last = 0;
  for (const char* line : {"stalled ", "widened ", "refused ", "held ", "observed ", "well "}) {
    const std::size_t at = text.find(std::string("\n") + line);
    ASSERT_NE(at, std::string::npos) << line << text;
    EXPECT_GT(at, last) << line << text;
    last = at;
  }
}

TEST(AccountState, IsNotReadyWhereTheModeKeepsChangesBack) {
  AccountStatus status = account("a");
  status.ready.kind = ConditionReason::kept_back;

  EXPECT_EQ(to_string(state_of(status)), "OutOfSync");
}

}  // namespace
}  // namespace authzd
