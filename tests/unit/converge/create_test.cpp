// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/converge/bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Create, IsDoneWhereIamStoresWhatWasSent) {
  Bench bench(create_action());
  bench.answer(saw(as_planned()));

  EXPECT_THAT(bench.sent, ElementsAre("create"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_TRUE(bench.outcome().wrote);
  EXPECT_EQ(bench.outcome().stored->policy.id, kId);
  EXPECT_EQ(bench.outcome().transaction_id, "t1");
}

TEST(Create, FailsWhereIamStoresSomethingElse) {
  Bench bench(create_action());
  bench.answer(saw(with_role("Manager")));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::failed);
  EXPECT_TRUE(bench.outcome().wrote);
}

/// Whatever a reply says, a policy that was listed before was not made by this create.
TEST(Create, NeverTakesAPolicyThatWasThereBeforeForWhatItMade) {
  const SharedPolicies listed({as_planned().policy});
  Versioned made = as_planned();
  made.policy.id = PolicyId{"22222222-2222-4222-8222-222222222222"};
  Bench told(create_action(), {}, Timestamp::max(), &listed);
  told.answer(saw(as_planned())).answer(saw(made));
  Reply conflict = saw(as_planned());
  conflict.was_there = true;
  Bench refused(create_action(), {}, Timestamp::max(), &listed);
  refused.answer(conflict).answer(nothing());

  EXPECT_THAT(told.sent, ElementsAre("create", "find"));
  EXPECT_EQ(told.outcome().kind, OutcomeKind::done);
  EXPECT_EQ(told.outcome().stored->policy.id, made.policy.id);
  EXPECT_THAT(refused.sent, ElementsAre("create", "find"));
  EXPECT_EQ(refused.outcome().kind, OutcomeKind::refused);
  EXPECT_FALSE(refused.outcome().stored);
}

TEST(Create, TakesAConflictWithItsOwnEarlierAttemptForDone) {
  Bench bench(create_action());
  bench.answer(conflict_with(kId.value)).answer(saw(as_planned()));

  EXPECT_THAT(bench.sent, ElementsAre("create", "read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_FALSE(bench.outcome().wrote);
}

/// Anyone can compute our marker, and write the very policy that we want.
TEST(Create, TakesNoLookAlikeOfSomeoneElseForItsOwn) {
  Versioned copy = as_planned();
  copy.policy.created_by = IamId{"IBMid-them"};
  Reply shown = saw(copy);
  shown.was_there = true;
  Bench read(create_action());
  read.answer(conflict_with(kId.value)).answer(saw(copy));
  Bench found(create_action());
  found.answer(conflict_with("")).answer(saw(copy));
  Bench told(create_action());
  told.answer(shown);
  Bench after_loss(create_action());
  after_loss.answer(lost()).answer(saw(copy));

  for (const Bench* bench : {&read, &found, &told, &after_loss}) {
    const Outcome outcome = bench->outcome();
    EXPECT_EQ(outcome.kind, OutcomeKind::refused);
    EXPECT_THAT(to_string(*outcome.error), HasSubstr("made by IBMid-them"));
    EXPECT_THAT(to_string(*outcome.error), HasSubstr("adopt"));
  }
}

TEST(Create, SaysThatADeletedPolicyOfOursIsInItsWayAndWhatToDo) {
  Bench bench(create_action());
  bench.answer(conflict_with(kId.value)).answer(saw(deleted(as_planned())));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
  EXPECT_THAT(to_string(*bench.outcome().error), HasSubstr(kId.value));
  EXPECT_THAT(to_string(*bench.outcome().error), HasSubstr("authzd undo"));
}

TEST(Create, NamesTheRivalAndItsMakerWhereSomeoneElseWasFirst) {
  Bench bench(create_action());
  bench.answer(conflict_with(kId.value)).answer(saw(with_role("Manager")));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
  EXPECT_THAT(bench.outcome().error->message, HasSubstr(kId.value));
  EXPECT_THAT(bench.outcome().error->message, HasSubstr("made by IBMid-us"));
  EXPECT_FALSE(bench.outcome().wrote);
}

TEST(Create, RefusesWhereOnlyTheMarkerOfTheRivalDiffers) {
  Versioned rival = as_planned();
  rival.policy.content.description = "text (authzd: them/disks#0123456789ab)";
  Bench bench(create_action());
  bench.answer(conflict_with(kId.value)).answer(saw(rival));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
}

TEST(Create, LooksForTheRivalByKeyWhereIamDoesNotNameIt) {
  Bench bench(create_action());
  bench.answer(conflict_with("")).answer(saw(without_etag(as_planned())));

  EXPECT_THAT(bench.sent, ElementsAre("create", "find"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
}

TEST(Create, IsRefusedWhereTheRivalCannotBeSeen) {
  for (const Reply& reply :
       {nothing(), failed(ErrorCode::forbidden, 403), saw(deleted(as_planned()))}) {
    Bench bench(create_action());
    bench.answer(conflict_with(kId.value)).answer(reply);

    EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
    EXPECT_EQ(bench.outcome().error->detail.http_status, 409);
  }
}

TEST(Create, LooksOnceMoreForARivalThatAReplicaDoesNotKnowYet) {
  const Reply unknown = failed(ErrorCode::not_found, 404);
  Bench seen(create_action());
  seen.answer(conflict_with(kId.value)).answer(unknown).answer(saw(as_planned()));
  Bench unseen(create_action());
  unseen.answer(conflict_with(kId.value)).answer(unknown).answer(unknown);

  EXPECT_THAT(seen.sent, ElementsAre("create", "read", "read +2000"));
  EXPECT_EQ(seen.outcome().kind, OutcomeKind::done);
  EXPECT_FALSE(seen.outcome().wrote);
  EXPECT_EQ(unseen.outcome().kind, OutcomeKind::refused);
  EXPECT_EQ(unseen.outcome().error->detail.http_status, 409);
}

TEST(Create, IsDoneWithoutAWriteWhereTheConflictShowsThatIamHasJustThat) {
  Reply shown = saw(as_planned());
  shown.was_there = true;
  Bench bench(create_action());
  bench.answer(shown);

  EXPECT_THAT(bench.sent, ElementsAre("create"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_FALSE(bench.outcome().wrote);
  EXPECT_EQ(bench.outcome().stored->etag, Etag("e1"));
}

TEST(Create, ResolvesALostReplyByLooking) {
  Bench bench(create_action());
  bench.answer(lost()).answer(saw(without_etag(as_planned())));

  EXPECT_THAT(bench.sent, ElementsAre("create", "find"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(Create, IsSentOnceMoreWhereALostOneIsNotThere) {
  Bench bench(create_action());
  bench.answer(lost()).answer(nothing()).answer(saw(as_planned()));

  EXPECT_THAT(bench.sent, ElementsAre("create", "find", "create"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
}

TEST(Create, IsNeverSentAThirdTime) {
  Bench bench(create_action());
  bench.answer(lost()).answer(nothing()).answer(lost()).answer(nothing());

  EXPECT_THAT(bench.sent, ElementsAre("create", "find", "create", "find +2000"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unknown);
  EXPECT_TRUE(bench.outcome().wrote);
  EXPECT_TRUE(bench.outcome().error->detail.may_have_happened);
}

TEST(Create, TakesTheConflictOfItsSecondSendingForDoneWhereTheListLagged) {
  Bench bench(create_action());
  bench.answer(lost()).answer(nothing()).answer(conflict_with(kId.value)).answer(saw(as_planned()));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(Create, IsNotRepeatedWhereTheLookFails) {
  Bench bench(create_action());
  bench.answer(lost()).answer(failed(ErrorCode::timeout, 0));

  EXPECT_THAT(bench.sent, ElementsAre("create", "find"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unknown);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(Create, TakesASuccessWithoutAPolicyForALostReply) {
  Bench bench(create_action());
  bench.answer(nothing());

  EXPECT_THAT(bench.sent, ElementsAre("create", "find"));
}

TEST(Create, TellsARefusalFromAFailure) {
  const auto outcome_of = [](ErrorCode code, int status) {
    Bench bench(create_action());
    bench.answer(failed(code, status));
    EXPECT_FALSE(bench.outcome().wrote);
    EXPECT_EQ(bench.outcome().transaction_id, "t-failed");
    return bench.outcome().kind;
  };

  EXPECT_EQ(outcome_of(ErrorCode::rejected, 400), OutcomeKind::refused);
  EXPECT_EQ(outcome_of(ErrorCode::forbidden, 403), OutcomeKind::failed);
  EXPECT_EQ(outcome_of(ErrorCode::quota_exceeded, 422), OutcomeKind::failed);
  EXPECT_EQ(outcome_of(ErrorCode::rate_limited, 429), OutcomeKind::failed);
  EXPECT_EQ(outcome_of(ErrorCode::rejected, 415), OutcomeKind::failed);
  EXPECT_EQ(outcome_of(ErrorCode::unavailable, 0), OutcomeKind::failed);
}

TEST(Create, IsStillConfirmedButNotRepeatedWhenStopped) {
  Bench bench(create_action());
  bench.cancel().answer(lost()).answer(nothing());

  EXPECT_THAT(bench.sent, ElementsAre("create", "find"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unknown);
  EXPECT_TRUE(bench.outcome().wrote);
}

}  // namespace
}  // namespace authzd::test
