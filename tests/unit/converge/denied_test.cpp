// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A write that was done, and whose answer says that it was not: a proxy sent it twice, and passed
// the answer to the second time on. What it did must count.
#include "tests/unit/converge/bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kDenials[] = {400, 401, 403, 404, 408, 409, 412, 415, 422, 429, 501};

Reply denied_with(int status) {
  const ErrorCode code = status == 404   ? ErrorCode::not_found
                         : status == 409 ? ErrorCode::conflict
                                         : ErrorCode::rejected;
  return failed(code, status);
}

void expect_counts(const Bench& bench, int status) {
  EXPECT_EQ(bench.outcome().kind, OutcomeKind::done) << status;
  EXPECT_TRUE(bench.outcome().wrote) << status;
}

TEST(Denied, CountsWhereAReadShowsItDone) {
  Action restored = create_action();
  restored.id = kId;
  for (const int status : kDenials) {
    Bench update(update_action());
    update.answer(saw(as_planned())).answer(denied_with(status)).answer(saw(with_role("Writer")));
    expect_counts(update, status);

    Bench remove(remove_action());
    remove.answer(saw(as_planned())).answer(denied_with(status));
    remove.answer(failed(ErrorCode::not_found, 404));
    expect_counts(remove, status);

    Bench restore(restored);
    restore.answer(saw(deleted(as_planned()))).answer(denied_with(status));
    restore.answer(saw(as_planned()));
    expect_counts(restore, status);
  }
}

TEST(Denied, IsUnknownWhereNoReadShowsAnything) {
  const Reply unread = failed(ErrorCode::unavailable, 503);
  Bench update(update_action());
  update.answer(saw(as_planned())).answer(denied_with(403)).answer(unread);
  EXPECT_EQ(update.outcome().kind, OutcomeKind::unknown);
  EXPECT_TRUE(update.outcome().wrote);
  EXPECT_THAT(update.outcome().error->message, HasSubstr("no read has shown"));

  Bench remove(remove_action());
  remove.answer(saw(as_planned())).answer(denied_with(403));
  for (int i = 0; i < 3; ++i) remove.answer(unread);
  EXPECT_EQ(remove.outcome().kind, OutcomeKind::unconfirmed);
  EXPECT_TRUE(remove.outcome().wrote);
}

TEST(Denied, IsReadAfterAStopToo) {
  Bench update(update_action());
  update.answer(saw(as_planned())).cancel().answer(denied_with(403));
  update.answer(saw(with_role("Writer")));

  EXPECT_THAT(update.sent, ElementsAre("read", "replace e1", "read"));
  expect_counts(update, 403);
}

TEST(Denied, DeleteThatIsDoneIsFoundOutThoughAReadLags) {
  Bench remove(remove_action());
  remove.answer(saw(as_planned())).answer(denied_with(412));
  remove.answer(saw(as_planned())).answer(saw(deleted(as_planned())));

  expect_counts(remove, 412);
}

TEST(Denied, DeleteDoesNotCountWhereIamNamesSomeoneElseWhoDeletedIt) {
  Versioned theirs = deleted(as_planned());
  theirs.policy.last_modified_by = IamId{"IBMid-them"};
  theirs.policy.last_modified_at = "2026-06-01T00:00:00.000Z";
  Bench remove(remove_action());
  remove.answer(saw(as_planned())).answer(denied_with(404)).answer(saw(theirs));

  EXPECT_EQ(remove.outcome().kind, OutcomeKind::done);
  EXPECT_FALSE(remove.outcome().wrote);
}

TEST(Denied, DeleteThatMetAChangeIsBroughtBack) {
  Bench remove(remove_action());
  Versioned changed = deleted(with_role("Manager"));
  changed.policy.last_modified_by = IamId{"IBMid-us"};  // who deleted it
  remove.answer(saw(as_planned())).answer(denied_with(404)).answer(saw(changed));

  EXPECT_EQ(remove.sent.back(), "repair e2");
}

/// A conflict with what this very create has made, or with an older policy of ours.
TEST(Denied, CreateCountsWhereItsRivalCameAfterTheList) {
  const SharedPolicies listed(std::vector<Observed>{});
  const Timestamp listed_at = *parse_rfc3339("2026-05-01T12:00:00Z");
  const auto counts = [&](const char* made_at) {
    Versioned rival = as_planned();
    rival.policy.created_at = made_at;
    Bench create(create_action(), {}, Timestamp::max(), &listed, listed_at);
    create.answer(conflict_with(kId.value)).answer(saw(rival));
    EXPECT_EQ(create.outcome().kind, OutcomeKind::done);
    return create.outcome().wrote;
  };

  EXPECT_TRUE(counts("2026-05-01T12:00:01.000Z"));
  EXPECT_TRUE(counts("2026-05-01T11:59:58.000Z")) << "clocks differ a little";
  EXPECT_TRUE(counts("yesterday")) << "it cannot be told";
  EXPECT_FALSE(counts("2026-05-01T11:00:00.000Z")) << "an earlier attempt, which a list hid";
}

/// The next list tells which of the two is true.
TEST(Denied, NoDeleteIsDoneOnTheWordOfAReadThatContradictsTheList) {
  const SharedPolicies listed({as_planned().policy});
  for (const Reply& gone : {failed(ErrorCode::not_found, 404), saw(deleted(as_planned()))}) {
    Bench remove(remove_action(), {}, Timestamp::max(), &listed);
    remove.answer(gone);

    EXPECT_THAT(remove.sent, ElementsAre("read"));
    EXPECT_EQ(remove.outcome().kind, OutcomeKind::refused);
    EXPECT_THAT(remove.outcome().error->message, HasSubstr("no delete was sent"));
  }
}

}  // namespace
}  // namespace authzd::test
