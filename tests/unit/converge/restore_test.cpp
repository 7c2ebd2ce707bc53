// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A create with an id: the policy is restored as it was, or created again.
#include "tests/unit/converge/bench.hpp"

#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using Sent = std::vector<std::string>;

/// kId is to exist again, with the role "Reader".
Action restore_action() {
  Action action = create_action();
  action.id = kId;
  return action;
}

Reply missing() {
  return failed(ErrorCode::not_found, 404);
}

Versioned made_anew() {
  Versioned versioned = as_planned();
  versioned.policy.id = PolicyId{"22222222-2222-4333-8444-555555555555"};
  return versioned;
}

TEST(Restore, BringsADeletedPolicyBackWithItsId) {
  Bench bench(restore_action());

  bench.answer(saw(deleted(as_planned()))).answer(saw(as_planned()));

  EXPECT_EQ(bench.sent, (Sent{"read", "restore e1"}));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_TRUE(bench.outcome().wrote);
  EXPECT_EQ(bench.outcome().stored->policy.id, kId);
}

TEST(Restore, WritesNothingWhereItIsThereAlready) {
  Bench bench(restore_action());

  bench.answer(saw(as_planned()));

  EXPECT_EQ(bench.sent, Sent{"read"});
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_FALSE(bench.outcome().wrote);
}

TEST(Restore, LeavesAloneWhatSomeoneElseBroughtBackAndChanged) {
  Bench bench(restore_action());

  bench.answer(saw(with_role("Manager")));

  EXPECT_EQ(bench.sent, Sent{"read"});
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
}

TEST(Restore, MakesAnewWhatIamHasForgotten) {
  Bench bench(restore_action());

  bench.answer(missing()).answer(saw(made_anew()));

  EXPECT_EQ(bench.sent, (Sent{"read", "create"}));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_EQ(bench.outcome().stored->policy.id, made_anew().policy.id);
}

TEST(Restore, MakesAnewWhatIsNotAsItWasWhenItWasDeleted) {
  Bench bench(restore_action());

  bench.answer(saw(deleted(with_role("Manager")))).answer(saw(made_anew()));

  EXPECT_EQ(bench.sent, (Sent{"read", "create"}));
}

TEST(Restore, MakesAnewWhereThereIsNoEtagToWriteWith) {
  Bench bench(restore_action());

  bench.answer(saw(without_etag(deleted(as_planned())))).answer(saw(made_anew()));

  EXPECT_EQ(bench.sent, (Sent{"read", "create"}));
}

TEST(Restore, MakesAnewWhatIamWillNotBringBack) {
  Bench bench(restore_action());

  bench.answer(saw(deleted(as_planned())))
      .answer(failed(ErrorCode::rejected, 400))
      .answer(saw(deleted(as_planned())))
      .answer(saw(made_anew()));

  EXPECT_EQ(bench.sent, (Sent{"read", "restore e1", "read", "create"}));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
}

TEST(Restore, DoesNotMakeAnewWhatItCouldNotWriteWhole) {
  Action action = restore_action();
  action.after->extras["rule"] = "{}";
  Bench bench(action);

  bench.answer(missing());

  EXPECT_EQ(bench.sent, Sent{"read"});
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::failed);
  EXPECT_NE(bench.outcome().error->message.find("cannot be brought back"), std::string::npos);
}

TEST(Restore, IsPlannedAnewWhereAnotherPolicyCameInBetween) {
  Bench bench(restore_action());

  bench.answer(saw(deleted(as_planned()))).answer(conflict_with("other"));
  bench.answer(saw(deleted(as_planned())));

  EXPECT_EQ(bench.sent, (Sent{"read", "restore e1", "read"}));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
}

TEST(Restore, FailsWhereIamSaysNo) {
  Bench bench(restore_action());

  bench.answer(saw(deleted(as_planned()))).answer(failed(ErrorCode::forbidden, 403));
  bench.answer(saw(deleted(as_planned())));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::failed);
}

TEST(Restore, FindsOutByReadingWhetherALostOneWasDone) {
  Bench done(restore_action());
  done.answer(saw(deleted(as_planned()))).answer(lost()).answer(saw(as_planned()));
  EXPECT_EQ(done.sent, (Sent{"read", "restore e1", "read"}));
  EXPECT_EQ(done.outcome().kind, OutcomeKind::done);

  Bench again(restore_action());
  again.answer(saw(deleted(as_planned())))
      .answer(lost())
      .answer(saw(deleted(as_planned())))
      .answer(saw(as_planned()));
  EXPECT_EQ(again.sent, (Sent{"read", "restore e1", "read", "restore e1"}));
  EXPECT_EQ(again.outcome().kind, OutcomeKind::done);
}

TEST(Restore, GivesUpAfterASecondLostReply) {
  Bench bench(restore_action());
  bench.answer(saw(deleted(as_planned())))
      .answer(lost())
      .answer(saw(deleted(as_planned())))
      .answer(lost())
      .answer(saw(deleted(as_planned())));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unknown);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(Restore, SendsNothingAfterAStop) {
  Bench read(restore_action());
  read.cancel().answer(saw(deleted(as_planned())));
  EXPECT_EQ(read.sent, Sent{"read"});
  EXPECT_EQ(read.outcome().kind, OutcomeKind::skipped);

  Bench gone(restore_action());
  gone.cancel().answer(missing());
  EXPECT_EQ(gone.outcome().kind, OutcomeKind::skipped);

  Bench lost_one(restore_action());
  lost_one.answer(saw(deleted(as_planned())))
      .cancel()
      .answer(lost())
      .answer(saw(deleted(as_planned())));
  EXPECT_EQ(lost_one.sent, (Sent{"read", "restore e1", "read"}));
  EXPECT_EQ(lost_one.outcome().kind, OutcomeKind::unknown);
}

TEST(Restore, ThatAStopKeptFromBeingSentIsSkipped) {
  Bench bench(restore_action());

  bench.answer(saw(deleted(as_planned()))).cancel().answer(failed(ErrorCode::cancelled, 0));

  EXPECT_EQ(bench.sent, (Sent{"read", "restore e1"}));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::skipped);
}

}  // namespace
}  // namespace authzd::test
