// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/reach_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kReader = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
const AccountId kAccount{std::string(32, 'a')};

AccountSpec spec_of(const AccountId& account) {
  AccountSpec spec;
  spec.name = "prod";
  spec.id = account;
  spec.owner = "platform";
  spec.previous_owners = {"before"};
  return spec;
}

Observed policy(const std::string& id, std::string description, std::string by = "IBMid-1") {
  Observed observed;
  observed.id = PolicyId{id};
  observed.content.description = std::move(description);
  observed.content.roles = {kReader};
  observed.role_names = {{kReader, "Reader"}};
  observed.created_by = IamId{std::move(by)};
  return observed;
}

CycleEnd end_with(std::vector<Observed> listed) {
  CycleEnd end;
  end.performed = Performed{};
  end.performed->planned.listed = std::move(listed);
  return end;
}

std::vector<std::string> ids_of(const std::optional<ReachView>& view) {
  std::vector<std::string> ids;
  if (!view) return ids;
  for (const ReachPolicy& each : view->policies) ids.push_back(each.id.value);
  return ids;
}

TEST(ReachBook, TellsWhosePoliciesTheyAre) {
  const CycleEnd end = end_with({policy("1", "Text (authzd: platform/keys#0123456789ab)"),
                                 policy("2", "(authzd: before/keys#0123456789ab)"),
                                 policy("3", "(authzd: others/keys#0123456789ab)"),
                                 policy("4", "By hand"),
                                 policy("5", "", "crn:v1:bluemix:public:is::a/1::::")});
  ReachBook book;
  (void)book.note(kAccount, end);

  const auto view = book.view(spec_of(kAccount));

  ASSERT_TRUE(view);
  std::vector<PolicyOwner> owners;
  for (const ReachPolicy& each : view->policies) owners.push_back(each.owner);
  EXPECT_THAT(owners,
              ElementsAre(PolicyOwner::ours,
                          PolicyOwner::ours,
                          PolicyOwner::foreign,
                          PolicyOwner::unmanaged,
                          PolicyOwner::foreign));
  EXPECT_EQ(view->policies.front().name, "keys");
  EXPECT_EQ(view->policies.front().description, "Text");
  EXPECT_THAT(view->policies.front().roles, ElementsAre("Reader"));
}

TEST(ReachBook, ShowsNoCopyOfOurMarkerAsOurs) {
  CycleEnd end = end_with({policy("1", "(authzd: platform/keys#0123456789ab)")});
  Note copied;
  copied.reason = NoteReason::disputed;
  copied.id = PolicyId{"1"};
  end.performed->planned.plan.notes = {copied};
  ReachBook book;
  (void)book.note(kAccount, end);

  const auto view = book.view(spec_of(kAccount));

  ASSERT_TRUE(view);
  EXPECT_EQ(view->policies.front().owner, PolicyOwner::foreign);
}

TEST(ReachBook, ShowsNoTwoRolesAsOne) {
  const std::string custom = "crn:v1:bluemix:public:iam::a/1::customRole:Reader";
  const std::string unknown = "crn:v1:bluemix:public:kms::::serviceRole:Reader";
  Observed several = policy("1", "");
  several.content.roles = {kReader, custom, unknown};
  several.role_names = {{kReader, "Reader"}, {custom, "Reader"}};
  ReachBook book;
  ASSERT_TRUE(book.note(kAccount, end_with({several})));

  const auto view = book.view(spec_of(kAccount));

  ASSERT_TRUE(view);
  EXPECT_THAT(view->policies.front().roles,
              ElementsAre("Reader (" + kReader + ")", "Reader (" + custom + ")", unknown));
}

TEST(ReachBook, ShowsWhatTheCycleHasWritten) {
  CycleEnd end = end_with({policy("kept", ""), policy("removed", "")});
  Action create;
  Action remove;
  remove.verb = Verb::remove;
  remove.id = PolicyId{"removed"};
  end.performed->planned.plan.actions = {create, remove};
  Outcome made;
  made.action = 0;
  made.kind = OutcomeKind::done;
  made.stored = Versioned{policy("made", ""), {}};
  Outcome gone;
  gone.action = 1;
  gone.kind = OutcomeKind::done;
  end.performed->outcomes = {made, gone};
  ReachBook book;
  (void)book.note(kAccount, end);

  EXPECT_THAT(ids_of(book.view(spec_of(kAccount))), ElementsAre("kept", "made"));
}

TEST(ReachBook, KeepsTheLastListWhereACycleHasNone) {
  const CycleEnd end = end_with({policy("1", "")});
  ReachBook book;
  (void)book.note(kAccount, end);
  CycleEnd failed;
  failed.error = Error{ErrorCode::unavailable, "no"};
  (void)book.note(kAccount, failed);
  EXPECT_THAT(ids_of(book.view(spec_of(kAccount))), ElementsAre("1"));
}

TEST(ReachBook, KeepsABoundedNumberOfPolicies) {
  const AccountId other{std::string(32, 'b')};
  const CycleEnd large = end_with(std::vector<Observed>(kMostReachKept - 1));
  const CycleEnd small = end_with(std::vector<Observed>(2));
  ReachBook book;
  EXPECT_TRUE(book.note(kAccount, large));
  EXPECT_FALSE(book.note(other, small));
  EXPECT_FALSE(book.view(spec_of(other)));

  (void)book.note(kAccount, small);
  (void)book.note(other, small);
  EXPECT_TRUE(book.view(spec_of(other))) << "there is room again";

  book.forget_others([&other](const AccountId& id) { return id == other; });
  EXPECT_THAT(ids_of(book.view(spec_of(kAccount))), IsEmpty());
}

}  // namespace
}  // namespace authzd
