// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/memory_state.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;

const PolicyId kId{"p1"};

Action action(Verb verb, Reason reason = Reason::missing) {
  Action action;
  action.verb = verb;
  action.reason = reason;
  if (verb != Verb::create) {
    action.id = kId;
    action.before = PolicyContent{};
  }
  return action;
}

Outcome done(bool wrote = true) {
  Versioned stored;
  stored.policy.id = kId;
  stored.etag = Etag{"1-a"};
  Outcome outcome;
  outcome.kind = OutcomeKind::done;
  outcome.wrote = wrote;
  outcome.stored = stored;
  return outcome;
}

class MemoryStateTest : public testing::Test {
 protected:
  MemoryState state_{2min};
  Timestamp now_{1h};
};

TEST_F(MemoryStateTest, KnowsWhatItCreatedAndItsEtag) {
  ASSERT_TRUE(state_.record(action(Verb::create), done(), now_));

  EXPECT_TRUE(state_.known_ids().contains(kId));
  EXPECT_EQ(state_.last_etags().at(kId), Etag{"1-a"});
  EXPECT_EQ(state_.own_writes().size(), 1U);
}

TEST_F(MemoryStateTest, ForgetsWhatItDeletedButRemembersTheWrite) {
  ASSERT_TRUE(state_.record(action(Verb::create), done(), now_));
  Outcome gone = done();
  gone.stored.reset();

  ASSERT_TRUE(state_.record(action(Verb::remove, Reason::not_desired), gone, now_));

  EXPECT_FALSE(state_.known_ids().contains(kId));
  EXPECT_EQ(state_.own_writes().back().policy.state, PolicyState::deleted);
}

TEST_F(MemoryStateTest, DoesNotCallOursWhatWasReleased) {
  ASSERT_TRUE(state_.record(action(Verb::create), done(), now_));
  ASSERT_TRUE(state_.record(action(Verb::update, Reason::released), done(), now_));

  EXPECT_FALSE(state_.known_ids().contains(kId));
}

TEST_F(MemoryStateTest, LearnsNothingFromAWriteThatFailed) {
  Outcome failed = done();
  failed.kind = OutcomeKind::failed;

  ASSERT_TRUE(state_.record(action(Verb::create), failed, now_));

  EXPECT_TRUE(state_.known_ids().empty());
  EXPECT_TRUE(state_.own_writes().empty());
}

TEST_F(MemoryStateTest, DropsWritesThatAreOlderThanTheSettleTime) {
  ASSERT_TRUE(state_.record(action(Verb::create), done(), now_));
  ASSERT_TRUE(state_.record(action(Verb::update), done(), now_ + 3min));

  ASSERT_EQ(state_.own_writes().size(), 1U);
  EXPECT_EQ(state_.own_writes().front().at, now_ + 3min);
}

}  // namespace
}  // namespace authzd
