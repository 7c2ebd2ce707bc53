// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Trusted time across restarts, and entries that a wrong clock wrote in the future.
#include "tests/unit/state/state_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

using TimeStoreTest = StateTest;

TEST_F(TimeStoreTest, KnowsTheLatestTrustedTimeAfterARestart) {
  EXPECT_EQ(must(state->times.last_trusted()), std::nullopt);
  must(state->times.take(now));
  reopen();

  EXPECT_EQ(must(state->times.last_trusted()), now);
}

TEST_F(TimeStoreTest, WritesOnceAnHourWhereNothingIsWrittenDown) {
  must(state->times.take(now));
  must(state->times.take(now + 59min));
  EXPECT_EQ(must(state->times.last_trusted()), now);

  must(state->times.take(now + 1h));
  EXPECT_EQ(must(state->times.last_trusted()), now + 1h);
  must(state->times.keep(now + 61min));
  EXPECT_EQ(must(state->times.last_trusted()), now + 61min);
}

TEST_F(TimeStoreTest, TakesATimeBackThatWasAhead) {
  must(state->times.take(now + 6h));
  must(state->times.take(now));

  EXPECT_EQ(must(state->times.last_trusted()), now);
}

TEST_F(TimeStoreTest, LetsWhatLiesAheadGrowOldFromNowOn) {
  const Timestamp right = now;
  now += 48h;
  begin("run", {remove_of(PolicyId{"p"})});
  must(state->runs.will_write({"run", 0}, sending(Command::Kind::remove), now));
  must(state->approvals.approve_hold("hash", "maxDelete", {"pass"}, {"ana", now, now + 24h}));
  now = right;

  must(state->times.take(now));

  EXPECT_EQ(must(state->policies.pending_deletes()).front().since, now);
  EXPECT_EQ(must(state->runs.unknown_outcomes()).front().writes.front().at, now);
  EXPECT_EQ(must(state->runs.window(now)).deletes, 1U);
  EXPECT_EQ(must(state->runs.window(now + 1ms)).deletes, 0U);
  EXPECT_TRUE(must(state->approvals.passes(now + 23h)).contains("pass"));
  EXPECT_TRUE(must(state->approvals.passes(now + 25h)).empty());
}

TEST_F(TimeStoreTest, TakesTheLastOfTheCountsThatLieAheadAsThatOfNow) {
  must(state->runs.note_ours(3, now));
  must(state->runs.note_ours(5, now + 48h));
  must(state->runs.note_ours(7, now + 49h));

  must(state->times.take(now));

  EXPECT_EQ(must(state->runs.window(now)).ours_at_start, 7U);
  must(state->runs.note_ours(9, now + 1h));
  EXPECT_EQ(must(state->runs.window(now + 1h)).ours_at_start, 9U);
}

TEST_F(TimeStoreTest, LeavesAloneWhatTheNextMinutesBring) {
  begin("run", {remove_of(PolicyId{"p"})});
  must(state->runs.will_write({"run", 0}, sending(Command::Kind::remove), now + 1s));

  must(state->times.take(now));

  EXPECT_EQ(must(state->policies.pending_deletes()).front().since, now + 1s);
}

}  // namespace
}  // namespace authzd::test
