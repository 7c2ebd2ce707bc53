// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What remains in force until someone revokes it: pins, suspensions, the histories of objects.
#include "daemon/state/small_stores.hpp"
#include "daemon/state/suspensions.hpp"
#include "tests/unit/state/state_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const Key kStandingKey = create_of("kms").key;
const Key kOtherStandingKey = create_of("cos").key;

using StandingTest = StateTest;

TEST_F(StandingTest, KeepsAPinUntilItIsTakenOff) {
  must(state->pins.add(
      {{kStandingKey, "digest", "undo-1", now}, {kOtherStandingKey, "", "undo-1", now}}));
  must(state->pins.add({{kStandingKey, "newer", "undo-2", now}}));
  reopen();

  const auto pins = must(state->pins.list());
  ASSERT_EQ(pins.size(), 2U);
  const KeptPin& pin = pins[0].key == kStandingKey ? pins[0] : pins[1];
  EXPECT_EQ(pin.digest, "newer");
  EXPECT_EQ(pin.run, "undo-2");

  must(state->pins.remove({kStandingKey}));
  ASSERT_EQ(must(state->pins.list()).size(), 1U);
  EXPECT_EQ(must(state->pins.list()).front().key, kOtherStandingKey);
}

TEST_F(StandingTest, KeepsWhatWasToldOfEachAccount) {
  const KeptNotices told{{"PlanHeld", {"h1", now}}, {"DriftFound", {"p-1", now - 1h}}};
  must(NoticeStore(database, kOurAccount).replace(told));
  must(NoticeStore(database, AccountId{"another"}).replace({{"PlanHeld", {"h2", now}}}));
  must(NoticeStore(database, kOurAccount).replace({{"PlanHeld", {"h3", now}}}));
  reopen();

  const KeptNotices newest{{"PlanHeld", {"h3", now}}};
  EXPECT_EQ(must(NoticeStore(database, kOurAccount).all()), newest);
  EXPECT_EQ(must(NoticeStore(database, AccountId{"another"}).all()).size(), 1U);
}

TEST_F(StandingTest, SuspendsOneAccountOrAllOfThem) {
  const AccountId other{"another"};
  must(state->suspensions.suspend({kOurAccount, "ana", now}));
  must(state->suspensions.suspend({kOurAccount, "later", now + 1s}));
  reopen();

  EXPECT_EQ(must(state->suspensions.of(kOurAccount))->who, "ana");
  EXPECT_FALSE(must(state->suspensions.of(other)));

  must(state->suspensions.suspend({std::nullopt, "ben", now}));
  EXPECT_EQ(must(state->suspensions.of(other))->who, "ben");
  EXPECT_EQ(must(state->suspensions.list()).size(), 2U);

  must(state->suspensions.resume(kOurAccount));
  EXPECT_EQ(must(state->suspensions.of(kOurAccount))->who, "ben");
  must(state->suspensions.resume(std::nullopt));
  EXPECT_TRUE(must(state->suspensions.list()).empty());
}

TEST_F(StandingTest, SuspendsOnWhereTheStateWasLost) {
  must(state->suspensions.suspend({kOurAccount, "ana", now}));
  must(state->suspensions.suspend({std::nullopt, "ben", now + 1s}));
  close();
  for (const char* file : {"", "-wal", "-shm"}) std::filesystem::remove(path() + file);
  open();
  EXPECT_EQ(must(state->suspensions.of(kOurAccount))->who, "ana");
  EXPECT_EQ(must(state->suspensions.of(kOurAccount))->since, now);
  EXPECT_EQ(must(state->suspensions.list()).size(), 2U);

  must(state->suspensions.resume(kOurAccount));
  must(state->suspensions.resume(std::nullopt));
  reopen();
  EXPECT_TRUE(must(state->suspensions.list()).empty());
  EXPECT_FALSE(std::filesystem::exists(path() + ".suspended"));
}

/// Another process, which cannot open the state while this one holds it.
TEST_F(StandingTest, SuspendsByWhatAnotherProcessWroteBesideTheState) {
  const AccountId other{"another"};
  must(state->suspensions.suspend({other, "ana", now}));
  must(suspend_beside(path(), {{kOurAccount, "ben", now}, {other, "later", now + 1s}}));

  EXPECT_EQ(must(state->suspensions.of(kOurAccount))->who, "ben");
  EXPECT_EQ(must(state->suspensions.of(other))->who, "ana");

  must(state->suspensions.resume(other));
  EXPECT_FALSE(must(state->suspensions.of(other)));
  EXPECT_EQ(must(state->suspensions.of(kOurAccount))->who, "ben") << "the end of one ended both";
  must(state->suspensions.resume(kOurAccount));
  EXPECT_FALSE(must(state->suspensions.of(kOurAccount)));
  EXPECT_FALSE(std::filesystem::exists(path() + ".suspended"));
}

TEST_F(StandingTest, SuspendsWhateverKeepsAStateOfItsOwn) {
  must(state->suspensions.suspend({std::nullopt, "ana", now}));
  const auto alone = must(state_in_memory(kOurAccount));
  EXPECT_FALSE(must(alone->suspensions.of(kOurAccount)));

  alone->suspensions.heed(path());

  EXPECT_EQ(must(alone->suspensions.of(kOurAccount))->who, "ana");
}

TEST_F(StandingTest, PutsTheFileBackThatSaysWhatIsSuspended) {
  must(state->suspensions.suspend({kOurAccount, "ana", now}));
  close();
  std::filesystem::remove(path() + ".suspended");
  open();

  EXPECT_EQ(must(read_suspension_file(path() + ".suspended")).size(), 1U);
}

TEST_F(StandingTest, OpensNoStateOfWhichItCannotSayWhatIsSuspended) {
  must(state->suspensions.suspend({kOurAccount, "ana", now}));
  close();
  std::filesystem::resize_file(path() + ".suspended", 5);

  const auto opened = Database::open({.path = path()});

  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find(".suspended"), std::string::npos);
}

TEST_F(StandingTest, KeepsTheHistoriesOfObjectsAsOneWhole) {
  const ObjectHistory waiting{"write", 2, 0, std::nullopt, ""};
  const ObjectHistory tried{"write", 3, 3, now, "quota"};
  must(state->histories.replace({{"a", waiting}, {"b", waiting}}));
  must(state->histories.replace({{"b", tried}, {"c", waiting}}));
  reopen();

  EXPECT_EQ(must(state->histories.all()), (ObjectHistories{{"b", tried}, {"c", waiting}}));
}

}  // namespace
}  // namespace authzd::test
