// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/state/state_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;
using Passes = std::set<std::string>;

class ApprovalStoreTest : public StateTest {
 protected:
  Grantor ana() const { return {"ana", now, now + 24h}; }
  Passes passes() { return must(state->approvals.passes(now)); }
};

TEST_F(ApprovalStoreTest, LetsThroughExactlyWhatWasApprovedUntilEachIsDone) {
  must(state->approvals.approve_hold("hold", "maxDelete", {"a", "b"}, ana()));
  reopen();
  EXPECT_EQ(passes(), (Passes{"a", "b"}));

  must(state->approvals.mark_done({"a", "never approved"}, now));

  EXPECT_EQ(passes(), Passes{"b"});
  const auto approvals = must(state->approvals.list(now));
  ASSERT_EQ(approvals.size(), 1U);
  EXPECT_EQ(approvals.front().subject, "hold");
  EXPECT_EQ(approvals.front().rail, "maxDelete");
  EXPECT_EQ(approvals.front().by.who, "ana");
  EXPECT_EQ(approvals.front().passes, 2U);
  EXPECT_EQ(approvals.front().done, 1U);
}

TEST_F(ApprovalStoreTest, EndsWithItsLastAction) {
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, ana()));

  must(state->approvals.mark_done({"a"}, now));

  EXPECT_TRUE(passes().empty());
  EXPECT_TRUE(must(state->approvals.list(now)).empty());
}

TEST_F(ApprovalStoreTest, EndsWithItsTime) {
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, ana()));
  now += 24h - 1ms;
  EXPECT_FALSE(passes().empty());

  now += 1ms;

  EXPECT_TRUE(passes().empty());
  EXPECT_TRUE(must(state->approvals.list(now)).empty());
}

TEST_F(ApprovalStoreTest, CountsAnewWhereItIsGivenAgain) {
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, ana()));
  must(state->approvals.mark_done({"a"}, now));
  now += 48h;

  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, ana()));

  EXPECT_EQ(passes(), Passes{"a"});
}

TEST_F(ApprovalStoreTest, RefusesToApproveNothing) {
  const auto approved = state->approvals.approve_hold("hold", "maxDelete", {}, ana());

  EXPECT_EQ(approved.error().code, ErrorCode::not_found);
}

TEST_F(ApprovalStoreTest, LetsARevisionInForAsLongAsTheApprovalLasts) {
  must(state->approvals.approve_revision("beef", ana()));

  EXPECT_TRUE(must(state->approvals.is_revision_approved("beef", now)));
  EXPECT_FALSE(must(state->approvals.is_revision_approved("cafe", now)));
  EXPECT_FALSE(must(state->approvals.is_revision_approved("beef", now + 24h)));
  EXPECT_TRUE(passes().empty());
}

TEST_F(ApprovalStoreTest, HoldsFirstDeletesUntilTheyAreApprovedOnce) {
  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved()));

  must(state->approvals.approve_first_deletes({"ana", now, std::nullopt}));
  reopen();

  EXPECT_TRUE(must(state->approvals.are_first_deletes_approved()));
  const AccountState other(database, AccountId{"another"});
  EXPECT_FALSE(must(other.approvals.are_first_deletes_approved()));
}

}  // namespace
}  // namespace authzd::test
