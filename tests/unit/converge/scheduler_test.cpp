// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/converge/bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

Reply to(std::size_t action, Reply reply) {
  reply.action = action;
  return reply;
}

TEST(Converger, HasNothingToDoForAnEmptyPlan) {
  Converger converger(plan_of({}), 4, {});

  EXPECT_TRUE(converger.start().empty());
  EXPECT_TRUE(converger.is_finished());
}

TEST(Converger, CreatesThenUpdatesThenDeletesWhateverTheOrderOfThePlan) {
  Converger converger(plan_of({remove_action(), update_action(), create_action()}), 4, {});

  auto sent = converger.start();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].action, 2U);
  sent = converger.next(to(2, failed(ErrorCode::forbidden, 403)));  // it blocks nothing
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].action, 1U);
  sent = converger.next(to(1, failed(ErrorCode::timeout, 0)));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].action, 0U);
}

TEST(Converger, KeepsAVerbWaitingForTheLastOfTheOneBefore) {
  Converger converger(plan_of({create_action("a"), create_action("b"), update_action()}), 4, {});

  EXPECT_EQ(converger.start().size(), 2U);
  EXPECT_TRUE(converger.next(to(1, failed(ErrorCode::forbidden, 403))).empty());
  EXPECT_EQ(converger.next(to(0, failed(ErrorCode::forbidden, 403))).size(), 1U);
}

TEST(Converger, KeepsToItsConcurrencyAndTakesNoneForOne) {
  const Plan plan = plan_of({create_action("a"), create_action("b"), create_action("c")});
  Converger two(plan, 2, {});
  Converger none(plan, 0, {});

  EXPECT_EQ(two.start().size(), 2U);
  EXPECT_EQ(two.next(to(0, failed(ErrorCode::forbidden, 403))).size(), 1U);
  EXPECT_EQ(none.start().size(), 1U);
}

TEST(Converger, DoesNotTouchAHeldAction) {
  Action held = create_action("a");
  held.holds = {Hold{"maxCreate", "too many", "hash"}};
  Converger converger(plan_of({held, create_action("b")}), 4, {});

  const auto sent = converger.start();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].action, 1U);
  (void)converger.next(to(1, failed(ErrorCode::forbidden, 403)));
  ASSERT_TRUE(converger.is_finished());
  ASSERT_EQ(converger.outcomes().size(), 1U);
  EXPECT_EQ(converger.outcomes()[0].action, 1U);
}

TEST(Converger, SkipsAllThatHasNotBegunWhenStopped) {
  Converger converger(plan_of({create_action("a"), create_action("b"), remove_action()}), 1, {});
  (void)converger.start();
  converger.cancel();

  EXPECT_FALSE(converger.is_finished());
  EXPECT_TRUE(converger.next(to(0, failed(ErrorCode::forbidden, 403))).empty());
  ASSERT_TRUE(converger.is_finished());
  EXPECT_EQ(converger.outcomes()[0].kind, OutcomeKind::failed);
  EXPECT_EQ(converger.outcomes()[1].kind, OutcomeKind::skipped);
  EXPECT_EQ(converger.outcomes()[2].kind, OutcomeKind::skipped);
  EXPECT_EQ(converger.outcomes()[2].error->code, ErrorCode::cancelled);
}

TEST(Converger, SendsNothingWhereItWasStoppedBeforeItsStart) {
  Converger converger(plan_of({create_action()}), 1, {});
  converger.cancel();
  converger.cancel();

  EXPECT_TRUE(converger.start().empty());
  EXPECT_TRUE(converger.is_finished());
}

TEST(Converger, IgnoresAReplyThatNobodyWaitsFor) {
  Converger converger(plan_of({create_action()}), 1, {});
  (void)converger.start();

  EXPECT_TRUE(converger.next(to(7, nothing())).empty());
  (void)converger.next(to(0, failed(ErrorCode::forbidden, 403)));
  EXPECT_TRUE(converger.next(to(0, saw(as_planned()))).empty());
  EXPECT_EQ(converger.outcomes().at(0).kind, OutcomeKind::failed);
}

TEST(Converger, FailsAnActionThatLacksItsParts) {
  Action bare_create;
  Action bare_update;
  bare_update.verb = Verb::update;
  Action bare_remove;
  bare_remove.verb = Verb::remove;
  Converger converger(plan_of({bare_create, bare_update, bare_remove}), 1, {});

  EXPECT_TRUE(converger.start().empty());
  ASSERT_TRUE(converger.is_finished());
  for (const Outcome& outcome : converger.outcomes()) EXPECT_EQ(outcome.kind, OutcomeKind::failed);
}

TEST(Converger, HandsOutEachOutcomeOnceAsItIsReached) {
  Converger converger(plan_of({create_action("a"), create_action("b")}), 2, {});
  (void)converger.start();
  (void)converger.next(to(1, failed(ErrorCode::forbidden, 403)));

  const auto fresh = converger.take_new_outcomes();
  ASSERT_EQ(fresh.size(), 1U);
  EXPECT_EQ(fresh[0].action, 1U);
  EXPECT_TRUE(converger.take_new_outcomes().empty());
}

}  // namespace
}  // namespace authzd::test
