// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Up to when a state explains our own changes, and what one that does not may be used for.
#include "tests/unit/state/state_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

class ChangeMarkTest : public StateTest {
 protected:
  [[nodiscard]] std::optional<Timestamp> accounted() const {
    return must(state->changes.accounted_until(kSettle));
  }

  /// A create that IAM stored at that time.
  void create(const std::string& run, Timestamp stored_at) {
    Outcome outcome = done_with(PolicyId{"p"}, content_with("Reader"));
    outcome.stored->policy.last_modified_at = to_rfc3339(stored_at);
    perform(run, create_of(), outcome);
  }

  static constexpr std::chrono::minutes kSettle{2};
};

TEST_F(ChangeMarkTest, OfANewStateSaysNothing) {
  EXPECT_EQ(accounted(), std::nullopt);
}

TEST_F(ChangeMarkTest, GoesOnWithWhatOwnWritesCameBackWith) {
  create("one", now - 2h);
  EXPECT_EQ(accounted(), now - 2h);
  create("two", now - 1h);
  create("three", now - 90min);
  reopen();

  EXPECT_EQ(accounted(), now - 1h);
}

TEST_F(ChangeMarkTest, IsNotRaisedByAChangeThatIamDatesInTheFuture) {
  create("one", now - 1h);
  create("ahead", now + 48h);
  reopen();

  EXPECT_EQ(accounted(), now - 1h);
  EXPECT_EQ(must(state->changes.ahead()),
            (std::map<PolicyId, std::set<Timestamp>>{{PolicyId{"p"}, {now + 48h}}}));
  must(state->changes.end_ahead(now + 47h));
  EXPECT_EQ(accounted(), now - 1h);
  must(state->changes.end_ahead(now + 48h));
  EXPECT_EQ(accounted(), now + 48h);
  EXPECT_TRUE(must(state->changes.ahead()).empty());
}

TEST_F(ChangeMarkTest, IsNotRaisedByAClockThatWasAheadForAWrite) {
  must(state->times.take(now));
  must(state->changes.accept({PolicyId{"p"}, now - 1h}, now));
  must(state->changes.accept({PolicyId{"p"}, now + 48h}, now + 48h));

  EXPECT_EQ(accounted(), now - 1h);
}

TEST_F(ChangeMarkTest, LeavesRoomForAWriteThatNoReplyToldOf) {
  must(state->changes.accept({PolicyId{"p"}, now - 1h}, now));
  perform("lost", create_of(), not_done(OutcomeKind::unknown, true));

  EXPECT_EQ(accounted(), now + kSettle);
}

TEST_F(ChangeMarkTest, LeavesNoRoomForAWriteThatWasNotDone) {
  must(state->changes.accept({PolicyId{"p"}, now - 1h}, now));
  perform("refused", create_of(), not_done(OutcomeKind::refused, false));

  EXPECT_EQ(accounted(), now - 1h);
}

TEST_F(ChangeMarkTest, OfAnOlderStateVoidsApprovalsAndPinsUntilDeletesAreApprovedAgain) {
  const Grantor by{"ana", now, now + 24h};
  must(state->changes.accept({PolicyId{"p"}, now}, now));
  must(state->approvals.approve_hold("hash", "maxDelete", {"pass"}, by));
  must(state->approvals.approve_first_deletes(by));
  must(state->pins.add({{create_of().key, "digest", "undo", now}}));
  const OwnChange change{PolicyId{"p"}, now + 1h};

  must(state->changes.distrust(change));
  reopen();

  EXPECT_EQ(must(state->changes.distrusted()), change);
  EXPECT_EQ(accounted(), change.at);
  EXPECT_TRUE(must(state->approvals.list(now)).empty());
  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now)));
  EXPECT_TRUE(must(state->pins.list()).empty());
  must(state->approvals.approve_first_deletes(by));
  must(state->changes.distrust(change));
  EXPECT_TRUE(must(state->approvals.are_first_deletes_approved(now))) << "found out once";
}

}  // namespace
}  // namespace authzd::test
