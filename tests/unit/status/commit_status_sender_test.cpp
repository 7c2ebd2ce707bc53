// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Statuses of commits, sent to a forge on loopback.
#include "daemon/notify/commit_status_sender.hpp"

#include "tests/unit/status/notify_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class CommitStatusSenderTest : public test::NotifyFixture {
 protected:
  CommitStatusSenderTest() {
    config_ = {Forge::github, "org/repo", write("token", "s3cret-token\n"), origin()};
  }

  static CycleSummary cycle_of(const std::string& commit, RevisionStanding standing) {
    CycleSummary cycle = change("run");
    cycle.newest = commit;
    cycle.standing = standing;
    return cycle;
  }

  void tell(const std::vector<CycleSummary>& cycles, std::size_t ends) {
    CommitStatusSender sender(seams());
    sender.follow(config_, {cycles.front().account}, {});
    end_after(ends, [this, &sender]() -> boost::asio::awaitable<void> {
      co_await sender.finish(patience_);
    });
    for (const CycleSummary& cycle : cycles) sender.note(cycle);
    io.run();
    told_ = sender.told();
  }

  const std::string first_ = std::string(40, 'a');
  const std::string second_ = std::string(40, 'b');
  CommitStatusConfig config_;
  std::chrono::milliseconds patience_ = std::chrono::seconds(10);
  std::optional<CommitStatusSender::Told> told_;
};

TEST_F(CommitStatusSenderTest, SetsTheStatusOfEachCommit) {
  tell({cycle_of(first_, RevisionStanding::matches),
        cycle_of(first_, RevisionStanding::matches),
        cycle_of(second_, RevisionStanding::refused)},
       2);

  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].target, "/repos/org/repo/statuses/" + first_);
  EXPECT_THAT(requests[0].body, HasSubstr("success"));
  EXPECT_EQ(requests[1].target, "/repos/org/repo/statuses/" + second_);
  EXPECT_THAT(requests[1].body, HasSubstr("refused in prod"));
  ASSERT_TRUE(told_);
  EXPECT_THAT(told_->text, HasSubstr("failure " + second_));
}

TEST_F(CommitStatusSenderTest, GivesUpWhereTheForgeRefusesAndGoesOn) {
  for (const int status : {401, 404}) {
    replies.push_back({status, {}, "{\"message\": \"s3cret\"}"});
  }

  tell({cycle_of(first_, RevisionStanding::matches),
        cycle_of(second_, RevisionStanding::matches),
        cycle_of(second_, RevisionStanding::held)},
       5);

  ASSERT_THAT(requests, SizeIs(3));
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0], HasSubstr("a commit status was not delivered"));
  EXPECT_THAT(lines[0], HasSubstr("401"));
  EXPECT_FALSE(told_) << "the next process tells it again";
}

TEST_F(CommitStatusSenderTest, TriesAgainAFewTimesWhereTheForgeIsBusy) {
  replies.push_back({429, {{"Retry-After", "30"}}, ""});
  for (int i = 0; i < 20; ++i) replies.push_back({503});

  tell({cycle_of(first_, RevisionStanding::matches)}, 9);

  EXPECT_THAT(requests, SizeIs(8));
  EXPECT_THAT(lines, SizeIs(1));
  EXPECT_GE(clock.sleeps().front(), std::chrono::seconds(30));
}

TEST_F(CommitStatusSenderTest, TakesItThatGitLabHasTheStatusAlready) {
  config_.forge = Forge::gitlab;
  replies.push_back({400, {}, R"({"message": "Cannot transition status via :enqueue"})"});

  tell({cycle_of(first_, RevisionStanding::matches)}, 1);

  EXPECT_THAT(lines, SizeIs(0));
  EXPECT_TRUE(told_);
}

TEST_F(CommitStatusSenderTest, DelaysNoEndWhereTheForgeHangs) {
  hangs = true;
  patience_ = std::chrono::milliseconds(1);

  tell({cycle_of(first_, RevisionStanding::matches)}, 1);

  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], HasSubstr("a commit status was not delivered before the end"));
  EXPECT_FALSE(told_) << "the next process tells it again";
}

TEST_F(CommitStatusSenderTest, SaysThatItsTokenIsMissing) {
  config_.token_file = (folder / "missing").string();

  tell({cycle_of(first_, RevisionStanding::matches)}, 1);

  EXPECT_THAT(requests, SizeIs(0));
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], HasSubstr("missing cannot be read"));
}

}  // namespace
}  // namespace authzd
