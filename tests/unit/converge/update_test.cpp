// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/converge/bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Update, WritesWithTheEtagOfItsOwnRead) {
  Bench bench(update_action(), {{kId, Etag{"old"}}});
  bench.answer(saw(as_planned())).answer(saw(with_role("Writer")));

  EXPECT_THAT(bench.sent, ElementsAre("read", "replace e1"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(Update, WritesInTheOrderOfTheReadBeforeIt) {
  const PolicyLayout first{.subject = {}, .resource = {}, .roles = {"b", "a"}};
  const PolicyLayout second{.subject = {}, .resource = {}, .roles = {"c"}};
  Versioned read = as_planned();
  Versioned reread = as_planned();
  read.layout = first;
  reread.layout = second;
  Bench bench(update_action());
  bench.answer(saw(read)).answer(lost()).answer(saw(reread));

  EXPECT_THAT(bench.layouts, ElementsAre(first, second));
}

TEST(Update, TakesTheLastEtagGivenWhereTheReadHasNone) {
  Bench bench(update_action(), {{kId, Etag{"old"}}});
  bench.answer(saw(without_etag(as_planned())));

  EXPECT_THAT(bench.sent, ElementsAre("read", "replace old"));
}

TEST(Update, IsNeverSentWithoutAnEtag) {
  for (const std::string useless : {"", "*", " * ", " "}) {
    Versioned read = as_planned();
    read.etag = Etag{useless};
    Bench bench(update_action(), {{kId, Etag{useless}}});
    bench.answer(saw(read));

    EXPECT_THAT(bench.sent, ElementsAre("read"));
    EXPECT_EQ(bench.outcome().kind, OutcomeKind::no_etag);
    EXPECT_FALSE(bench.outcome().wrote);
  }
}

TEST(Update, IsNotSentWhereItWouldTakeOffWhatIsToStay) {
  Action keeping = update_action();
  keeping.before->extras["rule"] = "{}";
  keeping.after->extras["rule"] = "{}";
  Bench bench(keeping);

  EXPECT_TRUE(bench.sent.empty());
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::failed);
}

TEST(Update, NeedsNoWriteWhereIamHoldsItAlready) {
  Bench bench(update_action());
  bench.answer(saw(with_role("Writer")));

  EXPECT_THAT(bench.sent, ElementsAre("read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_FALSE(bench.outcome().wrote);
}

TEST(Update, IsRefusedWhereAnythingMovedSinceThePlan) {
  Versioned by_text = as_planned();
  by_text.policy.content.description += ".";
  Versioned by_attribute = as_planned();
  by_attribute.policy.content.resource.add({"region", "stringEquals", "eu-de"});
  Versioned by_extra = as_planned();
  by_extra.policy.content.extras["rule"] = "{}";
  Versioned by_time = as_planned();
  by_time.policy.last_modified_at = "2026-11-01T00:00:00.001Z";
  Versioned by_template = as_planned();
  by_template.policy.template_id = "template-1";

  for (const Versioned& moved : {with_role("Manager"),
                                 by_text,
                                 by_attribute,
                                 by_extra,
                                 by_time,
                                 by_template,
                                 deleted(as_planned()),
                                 deleted(with_role("Writer"))}) {
    Bench bench(update_action());
    bench.answer(saw(moved));

    EXPECT_THAT(bench.sent, ElementsAre("read"));
    EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
  }
}

TEST(Update, SaysWhoMovedIt) {
  Bench bench(update_action());
  bench.answer(saw(with_role("Manager")));

  EXPECT_THAT(bench.outcome().error->message, HasSubstr("IBMid-them at 2026-11-02T00:00:00.000Z"));
}

TEST(Update, ShowsNoControlCharactersFromIam) {
  Versioned moved = with_role("Manager");
  moved.policy.last_modified_by = IamId{"x\x1b[2J\nforged"};
  Bench bench(update_action());
  bench.answer(saw(moved));

  EXPECT_EQ(bench.outcome().error->message.find('\x1b'), std::string::npos);
  EXPECT_EQ(bench.outcome().error->message.find('\n'), std::string::npos);
}

TEST(Update, IsPlannedAnewWhereTheReadShowsNothing) {
  Bench bench(update_action());
  bench.answer(failed(ErrorCode::not_found, 404));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
}

TEST(Update, FailsWhereTheReadMakesNoSense) {
  Versioned other = as_planned();
  other.policy.id = PolicyId{"other"};
  for (const Reply& reply : {nothing(), saw(other), failed(ErrorCode::forbidden, 403), lost()}) {
    Bench bench(update_action());
    bench.answer(reply);

    EXPECT_EQ(bench.outcome().kind, OutcomeKind::failed);
    EXPECT_TRUE(bench.outcome().error.has_value());
    EXPECT_FALSE(bench.outcome().wrote);
  }
}

TEST(Update, IsRefusedWhereIamRefusesThePut) {
  for (const int status : {400, 404, 409, 412}) {
    Bench bench(update_action());
    bench.answer(saw(as_planned())).answer(failed(ErrorCode::conflict, status));
    bench.answer(saw(as_planned()));

    EXPECT_THAT(bench.sent, ElementsAre("read", "replace e1", "read"));
    EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused) << status;
    EXPECT_FALSE(bench.outcome().wrote);
  }
}

TEST(Update, FailsWhereIamForbidsThePut) {
  Bench bench(update_action());
  bench.answer(saw(as_planned())).answer(failed(ErrorCode::forbidden, 403));
  bench.answer(saw(as_planned()));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::failed);
  EXPECT_FALSE(bench.outcome().wrote);
}

TEST(Update, ResolvesALostReplyByReading) {
  Bench bench(update_action());
  bench.answer(saw(as_planned())).answer(lost()).answer(saw(with_role("Writer")));

  EXPECT_THAT(bench.sent, ElementsAre("read", "replace e1", "read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(Update, IsSentOnceMoreWithTheNewEtagWhereALostOneDidNothing) {
  Versioned reread = as_planned();
  reread.etag = Etag{"e1-again"};
  Bench bench(update_action());
  bench.answer(saw(as_planned())).answer(lost()).answer(saw(reread)).answer(lost());
  bench.answer(saw(reread));

  EXPECT_THAT(bench.sent,
              ElementsAre("read", "replace e1", "read", "replace e1-again", "read +2000"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unknown);
  EXPECT_TRUE(bench.outcome().error->detail.may_have_happened);
}

TEST(Update, IsNotRepeatedOverSomeoneElsesChange) {
  Bench bench(update_action());
  bench.answer(saw(as_planned())).answer(lost()).answer(saw(with_role("Manager")));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::refused);
  EXPECT_TRUE(bench.outcome().wrote);
}

TEST(Update, TakesTheRefusalOfItsSecondSendingForDoneWhereTheFirstGotThrough) {
  Bench bench(update_action());
  bench.answer(saw(as_planned())).answer(lost()).answer(saw(as_planned()));
  bench.answer(failed(ErrorCode::conflict, 412)).answer(saw(with_role("Writer")));

  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done);
}

TEST(Update, StopsBeforeItsWriteAsSkipped) {
  Bench bench(update_action());
  bench.cancel().answer(saw(as_planned()));

  EXPECT_THAT(bench.sent, ElementsAre("read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::skipped);
  EXPECT_FALSE(bench.outcome().wrote);
}

TEST(Update, IsStillSettledButNotRepeatedWhenStopped) {
  Bench bench(update_action());
  bench.answer(saw(as_planned())).cancel().answer(lost()).answer(saw(as_planned()));

  EXPECT_THAT(bench.sent, ElementsAre("read", "replace e1", "read"));
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::unknown);
  EXPECT_TRUE(bench.outcome().wrote);
}

}  // namespace
}  // namespace authzd::test
