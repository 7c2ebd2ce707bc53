// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/commit_status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace authzd {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kFirst(40, 'a');
const std::string kSecond(40, 'b');

class CommitStatusTest : public testing::Test {
 protected:
  CommitStatusTest() { book_.follow({AccountId{"1"}, AccountId{"2"}}); }

  /// What is sent after this cycle: "success: …"; empty for nothing.
  std::string told(const std::string& account,
                   const std::string& commit,
                   RevisionStanding standing) {
    CycleSummary cycle;
    cycle.account = AccountId{account};
    cycle.account_name = account == "1" ? "prod" : "test";
    cycle.newest = commit;
    cycle.standing = standing;
    const auto verdict = book_.note(cycle);
    if (!verdict) return {};
    return to_string(*verdict).substr(0, 8) + verdict->commit[0] + ": " + verdict->description;
  }

  CommitStatusBook book_;
};

TEST_F(CommitStatusTest, IsPendingUntilAllAccountsMatch) {
  EXPECT_EQ(told("1", kFirst, RevisionStanding::matches), "pending a: 1 of 2 accounts match it");
  EXPECT_EQ(told("2", kFirst, RevisionStanding::pending), "");
  EXPECT_EQ(told("2", kFirst, RevisionStanding::matches), "success a: 2 accounts match it");
  EXPECT_EQ(told("1", kFirst, RevisionStanding::matches), "") << "only changes are sent";
  EXPECT_EQ(told("1", kFirst, RevisionStanding::pending), "") << "IAM may be away for a while";
}

TEST_F(CommitStatusTest, FailsWhereAPersonIsNeeded) {
  EXPECT_EQ(told("1", kFirst, RevisionStanding::held),
            "failure a: waits for approval in prod: see authzd status");
  EXPECT_EQ(told("2", kFirst, RevisionStanding::refused),
            "failure a: refused in test; waits for approval in prod: see authzd status");
  EXPECT_EQ(told("2", kFirst, RevisionStanding::matches),
            "failure a: waits for approval in prod: see authzd status");
  EXPECT_EQ(told("1", kFirst, RevisionStanding::matches), "success a: 2 accounts match it");
}

TEST_F(CommitStatusTest, SaysNothingOfTheCommitThatAnAccountIsLateWith) {
  EXPECT_NE(told("1", kFirst, RevisionStanding::matches), "");
  EXPECT_NE(told("2", kFirst, RevisionStanding::matches), "");
  EXPECT_EQ(told("1", kSecond, RevisionStanding::matches), "pending b: 1 of 2 accounts match it");
  EXPECT_EQ(told("2", kFirst, RevisionStanding::matches), "") << "its cycle began before";
  EXPECT_EQ(told("2", kSecond, RevisionStanding::matches), "success b: 2 accounts match it");

  EXPECT_EQ(told("1", kFirst, RevisionStanding::matches), "") << "the branch was set back";
  EXPECT_EQ(told("2", kFirst, RevisionStanding::matches), "success a: 2 accounts match it");
}

TEST_F(CommitStatusTest, IsNotToldAgainByANewProcess) {
  EXPECT_NE(told("1", kFirst, RevisionStanding::matches), "");
  EXPECT_NE(told("2", kFirst, RevisionStanding::matches), "");
  const auto kept = parse_commit_verdict(to_string(*book_.last()));
  ASSERT_TRUE(kept);
  book_ = CommitStatusBook();
  book_.follow({AccountId{"1"}, AccountId{"2"}});
  book_.recall(*kept, Timestamp{std::chrono::hours(1)});

  EXPECT_EQ(told("1", kFirst, RevisionStanding::matches), "");
  EXPECT_EQ(told("2", kFirst, RevisionStanding::matches), "");
  EXPECT_EQ(told("2", kFirst, RevisionStanding::stalled),
            "failure a: needs a person in test: see authzd status");
}

TEST_F(CommitStatusTest, WaitsForAllAccountsBeforeANewProcessNamesFewer) {
  EXPECT_NE(told("1", kFirst, RevisionStanding::refused), "");
  EXPECT_EQ(told("2", kFirst, RevisionStanding::refused),
            "failure a: refused in prod, test: see authzd status");
  const CommitVerdict kept = *book_.last();
  book_ = CommitStatusBook();
  book_.follow({AccountId{"1"}, AccountId{"2"}});
  book_.recall(kept, Timestamp{std::chrono::hours(1)});

  EXPECT_EQ(told("1", kFirst, RevisionStanding::refused), "");
  EXPECT_EQ(told("2", kFirst, RevisionStanding::refused), "");
}

TEST_F(CommitStatusTest, IsForCommitsAlone) {
  EXPECT_EQ(told("1", "dir:0123", RevisionStanding::matches), "");
  EXPECT_EQ(told("3", kFirst, RevisionStanding::matches), "") << "it went with a reload";
  EXPECT_FALSE(parse_commit_verdict(""));
  EXPECT_FALSE(parse_commit_verdict("success"));
  EXPECT_FALSE(parse_commit_verdict("success zz text"));
}

TEST_F(CommitStatusTest, FitsIntoWhatGitHubTakes) {
  std::set<AccountId> accounts;
  for (int i = 0; i < 9; ++i) accounts.insert(AccountId{std::to_string(i)});
  book_.follow(accounts);
  std::optional<CommitVerdict> last;
  for (const AccountId& account : accounts) {
    CycleSummary cycle;
    cycle.account = account;
    cycle.account_name = std::string(63, 'x');
    cycle.newest = kFirst;
    cycle.standing = account.value < "4" ? RevisionStanding::held : RevisionStanding::refused;
    if (auto verdict = book_.note(cycle)) last = verdict;
  }

  ASSERT_TRUE(last);
  EXPECT_LE(first_characters(last->description, kMostDescription), last->description);
  EXPECT_TRUE(last->description.ends_with("…"));
}

TEST(CommitStatusRequest, IsThatOfGitHub) {
  const HttpRequest request =
      commit_status_request({Forge::github, "org/repo", "", "https://git.example/api/v3"},
                            {kFirst, CommitState::failure, "refused in prod"},
                            "acme",
                            Secret("t0ken"));

  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/api/v3/repos/org/repo/statuses/" + kFirst);
  EXPECT_EQ(find_header(request.headers, "Authorization"), "Bearer t0ken");
  EXPECT_EQ(
      json::parse(request.body),
      (json{{"state", "failure"}, {"description", "refused in prod"}, {"context", "authzd/acme"}}));
}

TEST(CommitStatusRequest, IsThatOfGitLab) {
  const HttpRequest request =
      commit_status_request({Forge::gitlab, "group/repo", "", "https://gitlab.com/api/v4"},
                            {kFirst, CommitState::failure, "refused in prod"},
                            "acme",
                            Secret("t0ken"));

  EXPECT_EQ(request.target, "/api/v4/projects/group%2Frepo/statuses/" + kFirst);
  EXPECT_EQ(find_header(request.headers, "PRIVATE-TOKEN"), "t0ken");
  EXPECT_EQ(
      json::parse(request.body),
      (json{{"state", "failed"}, {"description", "refused in prod"}, {"name", "authzd/acme"}}));
  EXPECT_TRUE(is_set_already({400, {}, R"({"message":"Cannot transition status via :enqueue"})"}));
  EXPECT_FALSE(is_set_already({400, {}, R"({"message":"ref is missing"})"}));
}

}  // namespace
}  // namespace authzd
