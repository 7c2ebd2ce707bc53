// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/converge/bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace authzd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Bench removed() {
  Bench bench(remove_action());
  bench.answer(saw(as_planned())).answer(nothing());
  return bench;
}

TEST(Remove, IsDoneOnlyWhenAReadShowsItGone) {
  for (const Reply& gone : {failed(ErrorCode::not_found, 404), saw(deleted(as_planned()))}) {
    Bench bench = removed();
    ASSERT_FALSE(bench.is_finished());
    bench.answer(gone);

    EXPECT_THAT(bench.sent, ElementsAre("read", "remove", "read"));
    EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
    EXPECT_TRUE(bench.outcome().wrote);
    EXPECT_EQ(bench.outcome().transaction_id, "t1");
  }
}

TEST(Remove, NeedsNoWriteWhereItIsGoneAlready) {
  for (const Reply& gone : {failed(ErrorCode::not_found, 404), saw(deleted(with_role("Writer")))}) {
    Bench bench(remove_action());
    bench.answer(gone);

    EXPECT_THAT(bench.sent, ElementsAre("read"));
    EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
    EXPECT_FALSE(bench.outcome().wrote);
  }
}

/// For a policy that was changed so recently that a replica may not know it.
Bench fresh() {
  return Bench(remove_action(), {}, *parse_rfc3339(kPlannedTime));
}

Reply unknown() {
  return failed(ErrorCode::not_found, 404);
}

TEST(RemoveFresh, LooksAgainUntilAReplicaKnowsThePolicy) {
  Bench bench = fresh();
  bench.answer(unknown()).answer(unknown()).answer(saw(as_planned())).answer(nothing());
  bench.answer(saw(deleted(as_planned())));

  EXPECT_THAT(bench.sent, ElementsAre("read", "read +1000", "read +3000", "remove", "read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(RemoveFresh, IsNeverDoneUnsentOnTheWordOfA404) {
  Bench bench = fresh();
  bench.answer(unknown()).answer(unknown()).answer(unknown());

  EXPECT_EQ(std::ranges::count(bench.sent, "remove"), 0);
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::failed);
  EXPECT_FALSE(bench.outcome().wrote);
  EXPECT_THAT(bench.outcome().error->message, HasSubstr("not yet seen by all of IAM"));
}

TEST(RemoveFresh, NeedsNoWriteWhereAReadShowsItDeleted) {
  Bench bench = fresh();
  bench.answer(unknown()).answer(saw(deleted(as_planned())));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_FALSE(bench.outcome().wrote);
}

/// It was there right before, so that the DELETE may have been done.
TEST(RemoveFresh, StaysUnconfirmedWhereNeitherTheDeleteNorTheLooksFindIt) {
  Bench bench = fresh();
  bench.answer(saw(as_planned())).answer(unknown());
  bench.answer(unknown()).answer(unknown()).answer(unknown());

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unconfirmed);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(RemoveFresh, StaysUnconfirmedWhereTheReplyIsLostAndTheLooksDoNotFindIt) {
  Bench bench = fresh();
  bench.answer(saw(as_planned())).answer(lost());
  bench.answer(unknown()).answer(unknown()).answer(unknown());

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unconfirmed);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(RemoveFresh, StaysUnconfirmedWhereIamTakesTheDeleteAndTheLooksDoNotFindIt) {
  Bench bench = fresh();
  bench.answer(saw(as_planned())).answer(nothing());
  bench.answer(unknown()).answer(unknown()).answer(unknown());

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unconfirmed);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(RemoveFresh, LooksNoMoreWhenStopped) {
  Bench bench = fresh();
  bench.cancel().answer(unknown());

  EXPECT_THAT(bench.sent, ElementsAre("read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::skipped);
}

TEST(Remove, LeavesWhatSomeoneChanged) {
  Bench bench(remove_action());
  bench.answer(saw(with_role("Manager")));

  EXPECT_THAT(bench.sent, ElementsAre("read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
  EXPECT_THAT(bench.outcome().error->message, HasSubstr("IBMid-them"));
}

TEST(Remove, LeavesWhatTheReadShowsToBeOfATemplateOrAService) {
  Versioned templated = as_planned();
  templated.policy.template_id = "template-1";
  Versioned of_service = as_planned();
  of_service.policy.created_by = IamId{"crn:v1:bluemix:public:databases-for-postgresql::::::"};
  for (const Versioned& policy : {templated, of_service}) {
    Bench bench(remove_action());
    bench.answer(saw(policy));

    EXPECT_THAT(bench.sent, ElementsAre("read"));
    EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
  }
}

TEST(Remove, LooksAFewTimesThenStaysUnconfirmed) {
  Bench bench = removed();
  bench.answer(saw(as_planned())).answer(saw(as_planned())).answer(saw(as_planned()));

  EXPECT_THAT(bench.sent, ElementsAre("read", "remove", "read", "read +1000", "read +3000"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unconfirmed);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(Remove, IsConfirmedByALaterLook) {
  Bench bench = removed();
  bench.answer(saw(as_planned())).answer(failed(ErrorCode::timeout, 0));
  bench.answer(saw(deleted(as_planned())));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
}

TEST(Remove, StaysUnconfirmedWhereTheLooksFail) {
  Bench bench = removed();
  bench.answer(nothing()).answer(failed(ErrorCode::timeout, 0)).answer(lost());

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unconfirmed);
}

TEST(Remove, BringsBackAChangeThatSlippedIn) {
  Bench bench = removed();
  bench.answer(saw(deleted(with_role("Manager")))).answer(saw(with_role("Manager")));

  EXPECT_THAT(bench.sent, ElementsAre("read", "remove", "read", "repair e2"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::restored);
  EXPECT_THAT(bench.outcome().error->message, HasSubstr("IBMid-them"));
}

TEST(Remove, BringsBackWithTheLastEtagGivenWhereTheReadHasNone) {
  Bench bench = removed();
  bench.answer(saw(without_etag(deleted(with_role("Manager")))));

  EXPECT_EQ(bench.sent.back(), "repair e1");
}

TEST(Remove, SaysSoWhereNoEtagLetsItBringAChangeBack) {
  Bench bench(remove_action());
  bench.answer(saw(without_etag(as_planned()))).answer(nothing());
  bench.answer(saw(without_etag(deleted(with_role("Manager")))));

  EXPECT_THAT(bench.sent, ElementsAre("read", "remove", "read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::no_etag);
  EXPECT_TRUE(bench.outcome().wrote);
  EXPECT_THAT(bench.outcome().error->message, HasSubstr("it stays deleted"));
}

TEST(Remove, DoesNotBringBackWhatSomeoneElseDeleted) {
  Bench bench(remove_action());
  bench.answer(saw(as_planned())).answer(failed(ErrorCode::not_found, 404));
  bench.answer(saw(deleted(with_role("Manager"))));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_FALSE(bench.outcome().wrote);
}

TEST(Remove, ResolvesALostRestoreByReading) {
  Bench bench = removed();
  bench.answer(saw(deleted(with_role("Manager")))).answer(lost());
  bench.answer(saw(with_role("Manager")));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::restored);
}

TEST(Remove, RestoresTwiceAtMost) {
  Bench bench = removed();
  const Reply changed = saw(deleted(with_role("Manager")));
  bench.answer(changed).answer(lost()).answer(changed).answer(lost()).answer(changed);

  EXPECT_THAT(bench.sent,
              ElementsAre("read", "remove", "read", "repair e2", "read", "repair e2", "read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::failed);
}

TEST(Remove, FailsLoudlyWhereItCannotBringAChangeBack) {
  Bench bench = removed();
  const Reply changed = saw(deleted(with_role("Manager")));
  bench.answer(changed).answer(failed(ErrorCode::conflict, 412)).answer(changed);

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::failed);
  EXPECT_TRUE(bench.outcome().wrote);
  EXPECT_THAT(bench.outcome().error->message, HasSubstr("IBMid-them"));
}

TEST(Remove, ResolvesALostReplyByReading) {
  Bench bench(remove_action());
  bench.answer(saw(as_planned())).answer(lost()).answer(saw(deleted(as_planned())));

  EXPECT_THAT(bench.sent, ElementsAre("read", "remove", "read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(Remove, IsSentOnceMoreWhereALostOneIsStillThere) {
  Bench bench(remove_action());
  bench.answer(saw(as_planned())).answer(lost()).answer(saw(as_planned())).answer(lost());
  bench.answer(saw(as_planned())).answer(saw(as_planned()));

  EXPECT_THAT(bench.sent,
              ElementsAre("read", "remove", "read", "remove", "read +1000", "read +3000"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unconfirmed);
}

TEST(Remove, IsLookedForOnceMoreWhereOnlyTheLastLookShowsALostOneStillThere) {
  Bench bench(remove_action());
  bench.answer(saw(as_planned())).answer(lost()).answer(nothing()).answer(nothing());
  bench.answer(saw(as_planned())).answer(nothing()).answer(saw(deleted(as_planned())));

  EXPECT_EQ(std::ranges::count(bench.sent, "remove"), 2);
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
}

TEST(Remove, IsNotRepeatedOverSomeoneElsesChange) {
  Bench bench(remove_action());
  bench.answer(saw(as_planned())).answer(lost());
  for (int i = 0; i < 3; ++i) bench.answer(saw(with_role("Manager")));

  EXPECT_EQ(std::ranges::count(bench.sent, "remove"), 1);
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unconfirmed);
}

TEST(Remove, TellsARefusalFromAFailure) {
  Bench refused(remove_action());
  refused.answer(saw(as_planned())).answer(failed(ErrorCode::rejected, 400));
  Bench forbidden(remove_action());
  forbidden.answer(saw(as_planned())).answer(failed(ErrorCode::forbidden, 403));
  for (Bench* bench : {&refused, &forbidden}) {
    for (int i = 0; i < 3; ++i) bench->answer(saw(as_planned()));
  }

  EXPECT_EQ(refused.outcome().kind, OutcomeKind::refused);
  EXPECT_EQ(forbidden.outcome().kind, OutcomeKind::failed);
  EXPECT_FALSE(forbidden.outcome().wrote);
}

TEST(Remove, StopsBeforeItsWriteAsSkipped) {
  Bench bench(remove_action());
  bench.cancel().answer(saw(as_planned()));

  EXPECT_THAT(bench.sent, ElementsAre("read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::skipped);
}

TEST(Remove, IsStillConfirmedButNotRepeatedWhenStopped) {
  Bench bench(remove_action());
  bench.answer(saw(as_planned())).cancel().answer(lost());
  for (int i = 0; i < 3; ++i) bench.answer(saw(as_planned()));

  EXPECT_EQ(std::ranges::count(bench.sent, "remove"), 1);
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unconfirmed);
}

TEST(Remove, StillRepairsADeleteThatMetAChangeWhenStopped) {
  Bench bench = removed();
  bench.cancel().answer(saw(deleted(with_role("Manager"))));
  EXPECT_EQ(bench.sent.back(), "repair e2");
  bench.answer(saw(with_role("Manager")));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::restored);
}

}  // namespace
}  // namespace authzd::test
