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
  ASSERT_EQ(approvals.front().by.size(), 1U);
  EXPECT_EQ(approvals.front().by.front().who, "ana");
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
  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now)));

  must(state->approvals.approve_first_deletes({"ana", now, std::nullopt}));
  reopen();

  EXPECT_TRUE(must(state->approvals.are_first_deletes_approved(now)));
  const AccountState other(database, AccountId{"another"});
  EXPECT_FALSE(must(other.approvals.are_first_deletes_approved(now)));
}

TEST_F(ApprovalStoreTest, CountsPeopleByTheirLoginAndEachOnce) {
  Grantor first = ana();
  first.login_uid = 1000;
  Grantor again{"root", now + 1min, now + 24h, 1000};
  Grantor other{"root", now + 1min, now + 24h, 1001};
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, first));
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, again));
  now += 2min;
  EXPECT_EQ(must(state->approvals.passes(now, {.need = 2})), Passes{}) << "one person, twice";

  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, other));

  EXPECT_EQ(must(state->approvals.passes(now, {.need = 2})), Passes{"a"});
  EXPECT_EQ(must(state->approvals.passes(now, {.need = 3})), Passes{});
  EXPECT_EQ(people_in(must(state->approvals.list(now)).front()), 2U);
  now += 24h;
  EXPECT_EQ(must(state->approvals.passes(now, {.need = 1})), Passes{});
}

TEST_F(ApprovalStoreTest, CountsNobodyUnknownWhereOneIsNotEnough) {
  Grantor known = ana();
  known.login_uid = 1000;
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, known));
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, ana()));

  EXPECT_EQ(must(state->approvals.passes(now, {.need = 1})), Passes{"a"});
  EXPECT_EQ(must(state->approvals.passes(now, {.need = 2})), Passes{});
}

TEST_F(ApprovalStoreTest, CountsPeopleOfTwoHoldsForWhatIsInBoth) {
  must(state->approvals.approve_hold("one", "maxDelete", {"a", "b"}, {"ana", now, now + 1h, 1000}));
  must(state->approvals.approve_hold("two", "maxDelete", {"b", "c"}, {"bob", now, now + 1h, 1001}));

  EXPECT_EQ(must(state->approvals.passes(now, {.need = 2})), Passes{"b"});
}

TEST_F(ApprovalStoreTest, NeedsThemAllForFirstDeletesAndForARevision) {
  must(state->approvals.approve_first_deletes({"ana", now, std::nullopt, 1000}));
  must(state->approvals.approve_revision("beef", {"ana", now, now + 1h, 1000}));
  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now, {.need = 2})));
  EXPECT_FALSE(must(state->approvals.is_revision_approved("beef", now, {.need = 2})));

  must(state->approvals.approve_first_deletes({"bob", now, std::nullopt, 1001}));
  must(state->approvals.approve_revision("beef", {"bob", now, now + 1h, 1001}));

  EXPECT_TRUE(must(state->approvals.are_first_deletes_approved(now, {.need = 2})));
  EXPECT_TRUE(must(state->approvals.is_revision_approved("beef", now, {.need = 2})));
}

TEST_F(ApprovalStoreTest, TakesBackWhatIsRevoked) {
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, ana()));
  must(state->approvals.approve_first_deletes({"ana", now, std::nullopt}));

  must(state->approvals.revoke(ApprovalKind::hold, "hold"));
  must(state->approvals.revoke(ApprovalKind::first_deletes, ""));

  EXPECT_TRUE(passes().empty());
  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now)));
  EXPECT_TRUE(must(state->approvals.list(now)).empty());
  const auto again = state->approvals.revoke(ApprovalKind::hold, "hold");
  EXPECT_EQ(again.error().code, ErrorCode::not_found);
}

TEST_F(ApprovalStoreTest, TakesTheFirstDeletesBackWithTheHoldThatLetThemThrough) {
  must(state->approvals.approve_hold("hold", "firstDeletes", {"a"}, ana()));
  must(state->approvals.approve_first_deletes({"ana", now, std::nullopt}));

  must(state->approvals.revoke(ApprovalKind::hold, "hold"));

  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now)));
}

TEST_F(ApprovalStoreTest, JudgesWhoApprovedFirstDeletesUntilOneIsDone) {
  const Quorum not_ana{.may_approve = [](const Grantor& by) { return by.who != "ana"; }};
  must(state->approvals.approve_first_deletes({"ana", now, std::nullopt, 1000}));
  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now, not_ana)));

  must(state->approvals.mark_first_deletes_done(now));
  must(state->approvals.mark_first_deletes_done(now));
  reopen();

  EXPECT_TRUE(must(state->approvals.are_first_deletes_approved(now, not_ana)));
  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now, {.need = 2})));
  must(state->approvals.approve_first_deletes({"bob", now, std::nullopt, 1001}));
  EXPECT_TRUE(must(state->approvals.are_first_deletes_approved(now, {.need = 2})));
  const auto shown = must(state->approvals.list(now));
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown.front().rail, "");
  EXPECT_EQ(shown.front().foreign, 0U);
}

TEST_F(ApprovalStoreTest, TakesNobodysWordThatFirstDeletesAreDone) {
  const Quorum nobody{.may_approve = [](const Grantor&) { return false; }};
  must(state->approvals.approve_first_deletes({"ana", now, std::nullopt, 1000}));
  must(database->atomically([&] { return database->run("UPDATE approvals SET rail = 'done'"); }));

  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now, nobody)));
  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now)));
}

TEST_F(ApprovalStoreTest, CountsNoRowThatSomebodyElseWrote) {
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, {"ana", now, now + 1h, 1000}));
  const auto by_hand = [this](const char* statement) {
    must(database->atomically([&] { return database->run(statement); }));
  };
  by_hand("INSERT INTO approvers SELECT n, 1001, 'bob', at, until, 'seal' FROM approvals");
  EXPECT_EQ(must(state->approvals.passes(now, {.need = 2})), Passes{}) << "a second person by hand";
  by_hand("INSERT INTO passes SELECT n, 'b', NULL FROM approvals");
  EXPECT_EQ(passes(), Passes{}) << "the hold covers an action more";
  by_hand("DELETE FROM passes WHERE pass = 'b'");
  EXPECT_EQ(passes(), Passes{"a"});
  by_hand("UPDATE approvers SET until = until + 86400000 WHERE login_uid = 1000");
  EXPECT_EQ(passes(), Passes{}) << "it lasts longer";
  by_hand(
      "INSERT INTO approvals (account, kind, subject, rail, who, at) SELECT account,"
      " 'firstDeletes', '', '', 'eve', at FROM approvals");
  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now)));

  const auto shown = must(state->approvals.list(now));
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown[0].foreign + shown[1].foreign, 3U);
  EXPECT_TRUE(shown[0].by.empty() && shown[1].by.empty());
}

TEST_F(ApprovalStoreTest, CountsForNothingInAStateWhoseKeyIsAnother) {
  must(state->approvals.approve_hold("hold", "maxDelete", {"a"}, ana()));
  close();
  std::filesystem::remove(path() + ".key");

  open();

  EXPECT_TRUE(passes().empty());
}

}  // namespace
}  // namespace authzd::test
