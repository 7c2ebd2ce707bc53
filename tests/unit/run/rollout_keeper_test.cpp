// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is kept of a rollout, what a person may ask of it, and who is woken.
#include "daemon/service/rollout_keeper.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const TrustedTime kNow = trusted_at(Timestamp{std::chrono::milliseconds(1'790'000'000'000)});

class RolloutKeeperTest : public testing::Test {
 protected:
  RolloutKeeperTest() {
    rules.waves = {{.name = "canary", .match = {{"ring", "canary"}}},
                   {.match = {{"env", "prod"}}, .after = hours(1), .max = WaveLimit{1, false}}};
    open();
  }

  void open() {
    keeper = *RolloutKeeper::open(database);
    keeper->on_open([this](const AccountId& account) { woken.push_back(account.value); });
    ASSERT_TRUE(keeper->follow(rules,
                               {{AccountId("c"), "c", {{"ring", "canary"}}},
                                {AccountId("p1"), "p1", {{"env", "prod"}}},
                                {AccountId("p2"), "p2", {{"env", "prod"}}}}));
  }

  Passage ask(const std::string& account, TrustedTime time = kNow) {
    const auto answer = keeper->ask(AccountId(account), "r2", "r1", time);
    EXPECT_TRUE(answer);
    return answer ? answer->passage : Passage::wait;
  }

  RolloutNews clean_cycle(const std::string& account, TrustedTime time = kNow) {
    return *keeper->note(AccountId(account), {.revision = "r2", .is_applied = true}, time);
  }

  RolloutView view(TrustedTime time = kNow) { return **keeper->view(time); }

  std::shared_ptr<Database> database = *Database::open({});
  RolloutRules rules;
  std::shared_ptr<RolloutKeeper> keeper;
  std::vector<std::string> woken;
};

TEST_F(RolloutKeeperTest, KeepsOverARestartWhoHasItAndSinceWhen) {
  EXPECT_EQ(ask("c"), Passage::take);
  clean_cycle("c");
  open();
  EXPECT_EQ(ask("p1"), Passage::wait);
  EXPECT_EQ(view().waves[0].state, WaveState::complete);
  EXPECT_EQ(ask("p1", trusted_at(kNow.now + hours(1))), Passage::take);
  open();
  EXPECT_EQ(ask("p2", trusted_at(kNow.now + hours(1))), Passage::wait) << "one at a time";
  EXPECT_EQ(ask("p1", trusted_at(kNow.now + hours(1))), Passage::take) << "it has it";
}

TEST_F(RolloutKeeperTest, OtherWavesStartTheirTimesAgain) {
  ask("c");
  clean_cycle("c");
  rules.waves[1].after = hours(2);
  open();
  EXPECT_EQ(ask("p1", trusted_at(kNow.now + hours(2))), Passage::wait);
  EXPECT_EQ(ask("p1", trusted_at(kNow.now + hours(4))), Passage::take);
}

TEST_F(RolloutKeeperTest, APersonPausesResumesAndPromotesAndIsNamed) {
  ask("c");
  ASSERT_TRUE(keeper->pause("alice (uid 1000)", kNow));
  EXPECT_EQ(state_of(view()), "paused");
  EXPECT_EQ(view().who, "alice (uid 1000)");
  EXPECT_FALSE(keeper->pause("bob", kNow));
  open();
  EXPECT_EQ(state_of(view()), "paused") << "over a restart";
  ASSERT_TRUE(keeper->resume("bob", kNow));
  EXPECT_FALSE(keeper->resume("bob", kNow));
  const auto other = keeper->promote("r9", false, "bob", kNow);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("r9 is not the newest revision, which is r2"));
  EXPECT_EQ(ask("p2"), Passage::wait);
  ASSERT_TRUE(keeper->promote("r2", false, "bob", kNow));
  EXPECT_EQ(ask("p2"), Passage::take);
  EXPECT_EQ(view().word, "promote");
}

TEST_F(RolloutKeeperTest, WakesWhoMayGoOnAndOfAWaveNoMoreThanItsMax) {
  rules.waves[1].after = hours(0);
  open();
  ask("c");
  ask("p1");
  EXPECT_THAT(woken, IsEmpty());
  clean_cycle("c");
  EXPECT_THAT(woken, ElementsAre("p1"));
  EXPECT_EQ(ask("p1"), Passage::take);
  clean_cycle("p1");
  EXPECT_THAT(woken, ElementsAre("p1", "p2"));
}

TEST_F(RolloutKeeperTest, TellsOnceThatEveryAccountHasIt) {
  ask("c");
  clean_cycle("c");
  ASSERT_TRUE(keeper->promote({}, false, "alice", kNow));
  ask("p1");
  ask("p2");
  clean_cycle("p1");
  EXPECT_EQ(clean_cycle("p2").complete, "r2");
  EXPECT_THAT(clean_cycle("p2").complete, IsEmpty());
  EXPECT_FALSE(keeper->promote({}, true, "alice", kNow)) << "there is nothing left to promote";
  open();
  EXPECT_THAT(clean_cycle("p2").complete, IsEmpty());
}

TEST_F(RolloutKeeperTest, TellsOfTheTroubleThatStopsIt) {
  ask("c");
  const CycleFaring held{"r2", true, false, {{Trouble::held, "held 1", "maxDelete: 12", {}}}};
  const RolloutNews news = *keeper->note(AccountId("c"), held, kNow);
  EXPECT_EQ(news.stopped, "r2 goes no further: it is held with it: maxDelete: 12");
  EXPECT_EQ(view().stopped, "account c is held with it: maxDelete: 12");
  EXPECT_THAT(clean_cycle("c").stopped, IsEmpty());
}

TEST_F(RolloutKeeperTest, AnAccountThatHadTheRevisionBeforeTheWavesKeepsIt) {
  const auto answer = keeper->ask(AccountId("p1"), "r1", "r1", kNow);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->passage, Passage::take);
  EXPECT_FALSE(answer->wait);
}

TEST_F(RolloutKeeperTest, WithoutWavesItShowsNothing) {
  rules.waves.clear();
  open();
  EXPECT_FALSE(*keeper->view(kNow));
}

}  // namespace
}  // namespace authzd::test
