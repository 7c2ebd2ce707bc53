// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/state/state_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const Key kRailKey = create_of("kms").key;
const Key kOtherRailKey = create_of("cos").key;

class RailMemoryTest : public StateTest {
 protected:
  void keep(const std::map<Key, Timestamp>& ends) { must(state->rails.keep_ends(ends, now)); }
  [[nodiscard]] Timestamp since() { return must(state->rails.ends()).at(kRailKey).since; }

  const Timestamp end = now + 48h;
};

TEST_F(RailMemoryTest, KeepsSinceWhenAnEndHasStood) {
  const Timestamp first = now;
  keep({{kRailKey, end}});
  now += 1h;
  keep({{kRailKey, end}, {kOtherRailKey, end}});
  reopen();

  EXPECT_EQ(since(), first);
  EXPECT_EQ(must(state->rails.ends()).at(kOtherRailKey), (StandingEnd{end, now}));
}

TEST_F(RailMemoryTest, BeginsAgainWhereAnEndChangedOrWasAway) {
  keep({{kRailKey, end}});
  now += 1h;
  keep({{kRailKey, end + 1s}});
  EXPECT_EQ(since(), now) << "another end";
  keep({});
  EXPECT_TRUE(must(state->rails.ends()).empty());
  now += 1h;
  keep({{kRailKey, end + 1s}});
  EXPECT_EQ(since(), now) << "it was taken off in between";
}

TEST_F(RailMemoryTest, LetsNothingBeginByAClockInDoubt) {
  must(state->rails.keep_ends({{kRailKey, end}}, std::nullopt));
  must(state->rails.keep_removals({"a"}, std::nullopt));

  EXPECT_TRUE(must(state->rails.ends()).empty());
  EXPECT_TRUE(must(state->rails.removals()).empty());
}

TEST_F(RailMemoryTest, TakesWhatLiesAheadAsNow) {
  keep({{kRailKey, end}});
  must(state->rails.keep_removals({"a"}, now));
  now -= 24h;
  keep({{kRailKey, end}});
  must(state->rails.keep_removals({"a"}, now));

  EXPECT_EQ(since(), now);
  EXPECT_EQ(must(state->rails.removals()).at("a"), now);
}

TEST_F(RailMemoryTest, KeepsSinceWhenARemovalHasBeenWantedWithoutABreak) {
  const Timestamp first = now;
  must(state->rails.keep_removals({"a", "b"}, now));
  now += 1h;
  must(state->rails.keep_removals({"a"}, now));
  must(state->rails.keep_removals({"a", "b"}, now));

  EXPECT_EQ(must(state->rails.removals()),
            (std::map<std::string, Timestamp>{{"a", first}, {"b", now}}));
}

TEST_F(RailMemoryTest, KeepsTheLatestUseOfAPolicyAndOfItsKey) {
  const PolicyId first("p1");
  must(state->rails.note_uses({{first, kRailKey, now}}));
  must(state->rails.note_uses({{first, kRailKey, now - 1h}}));

  EXPECT_EQ(must(state->rails.latest_use(first, kOtherRailKey)), now);
  EXPECT_EQ(must(state->rails.latest_use(PolicyId("made again"), kRailKey)), now);
  EXPECT_EQ(must(state->rails.latest_use(PolicyId("p2"), kOtherRailKey)), std::nullopt);
}

}  // namespace
}  // namespace authzd::test
