// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/state/state_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const PolicyId kRetained{"p1"};

class RetentionTest : public StateTest {
 protected:
  RetentionTest() {
    close();
    DatabaseOptions options;  // many runs: in memory
    database = must(Database::open(options));
    state = std::make_unique<AccountState>(database, kOurAccount);
  }

  void quiet(const std::string& run) {
    begin(run);
    RunEnd end;
    end.ended = now;
    must(state->runs.end(run, end));
  }
  void writing(const std::string& run) {
    perform(run, create_of(), done_with(kRetained, content_with("Reader")));
  }
  void forget() { must(state->forget_old(now, {.runs = 3, .age = 24h, .step = 100})); }
  bool is_kept(const std::string& run) { return state->runs.find(run).has_value(); }

  std::int64_t pages() {
    return *must(database->first<std::int64_t>(
        "PRAGMA page_count", {}, [](const SqlRow& row) { return row.number(0); }));
  }
};

TEST_F(RetentionTest, KeepsTheNewestOfTheRunsThatWroteNothing) {
  for (int i = 0; i < 5; ++i) quiet("quiet-" + std::to_string(i));

  forget();

  EXPECT_FALSE(is_kept("quiet-0"));
  EXPECT_FALSE(is_kept("quiet-1"));
  EXPECT_TRUE(is_kept("quiet-2"));
  EXPECT_TRUE(is_kept("quiet-4"));
}

TEST_F(RetentionTest, KeepsRunsThatWroteByNumberAndByAge) {
  for (int i = 0; i < 5; ++i) writing("run-" + std::to_string(i));
  for (int i = 0; i < 10; ++i) quiet("quiet-" + std::to_string(i));

  now += 23h;
  forget();
  EXPECT_TRUE(is_kept("run-0")) << "young";

  now += 2h;
  forget();
  EXPECT_FALSE(is_kept("run-0"));
  EXPECT_FALSE(is_kept("run-1"));
  EXPECT_TRUE(is_kept("run-2")) << "one of the last three, that can be undone";
  EXPECT_EQ(must(state->runs.find("run-2")).actions.size(), 1U);
}

TEST_F(RetentionTest, ForgetsNoRunWithAWriteOfUnknownOutcome) {
  begin("lost", {create_of("lost")});
  must(state->runs.will_write({"lost", 0}, sending(Command::Kind::create), now));
  must(state->runs.end_interrupted(now));
  for (int i = 0; i < 5; ++i) writing("run-" + std::to_string(i));
  now += 48h;

  forget();

  EXPECT_TRUE(is_kept("lost"));
  EXPECT_EQ(must(state->runs.unknown_outcomes()).size(), 1U);
}

TEST_F(RetentionTest, KeepsWhatIsOursAndForgetsWhatPassedBy) {
  writing("run");
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, {"ana", now, now + 1h}));
  must(state->approvals.approve_first_deletes({"ana", now, std::nullopt}));
  must(state->runs.note_ours(7, now));
  now += 48h;

  forget();

  EXPECT_TRUE(must(state->policies.known())->contains(kRetained));
  EXPECT_TRUE(must(state->policies.own_writes(Timestamp{})).empty());
  EXPECT_TRUE(must(state->approvals.are_first_deletes_approved(now)));
  EXPECT_FALSE(must(state->runs.window(now)).ours_at_start);
}

TEST_F(RetentionTest, KeepsOwnWritesOnlyForAsLongAsAListMayLagBehindThem) {
  writing("run");
  const auto kept = [&] { return must(state->policies.own_writes(Timestamp{})).size(); };

  now += 2min;
  must(state->forget_old(now, {.settle = 2min}));
  EXPECT_EQ(kept(), 1U);

  now += 1ms;
  must(state->forget_old(now, {.settle = 2min}));
  EXPECT_EQ(kept(), 0U);
  EXPECT_TRUE(must(state->policies.known())->contains(kRetained));
}

TEST_F(RetentionTest, LetsTheSizeLevelOff) {
  const auto live = [&](int from, int to) {
    for (int i = from; i < to; ++i) {
      const std::string id = std::to_string(i);
      if (i % 10 == 0) {
        perform(id, create_of(id), done_with(PolicyId{id}, content_with("Reader", id)));
        perform(id + "-gone", remove_of(PolicyId{id}), gone(), Command::Kind::remove);
      } else {
        quiet(id);
      }
      now += 1h;
      forget();
    }
  };
  live(0, 500);
  const auto early = pages();

  live(500, 2'000);

  EXPECT_LE(pages(), early + 4) << "what grows are the ids of 150 policies";
}

TEST_F(RetentionTest, KeepsWhatPeopleRecognizeCommitsByAsLongAsARunNamesThem) {
  const auto commit_of = [](char digit) {
    return Commit{std::string(40, digit), "Ada", "A subject", Timestamp{24h}};
  };
  const auto is_known = [this](char digit) {
    return must(state->commits.find(std::string(40, digit))).is_known();
  };
  for (const char digit : {'a', 'b', 'c'}) must(state->commits.keep(commit_of(digit)));
  must(state->runs.begin({"run", RunKind::cycle, "", std::string(40, 'a'), now, ""}));
  must(state->revisions.keep_attempted({std::string(40, 'b'), now, "refused"}));

  forget();

  EXPECT_EQ(must(state->commits.find(std::string(40, 'a'))), commit_of('a'));
  EXPECT_TRUE(is_known('b'));
  EXPECT_FALSE(is_known('c'));
}

}  // namespace
}  // namespace authzd::test
