// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notice_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;
using testing::SizeIs;

const NoticeGroups::Time kStart{};

Notice notice_of(const std::string& account, const std::string& revision, NoticeKind kind) {
  Notice notice;
  notice.kind = kind;
  notice.cycle.account = AccountId{account};
  notice.cycle.account_name = account;
  notice.cycle.revision = revision;
  return notice;
}

Notice change_of(const std::string& account, const std::string& revision = "r1") {
  return notice_of(account, revision, NoticeKind::change_applied);
}

TEST(NoticeGroups, WaitForNobodyWhereThereIsOneAccount) {
  NoticeGroups groups;

  EXPECT_THAT(groups.add(change_of("a"), kStart), SizeIs(1));
  EXPECT_TRUE(groups.empty());
}

TEST(NoticeGroups, JoinTheSameKindAndRevisionUntilTheWindowEnds) {
  NoticeGroups groups;
  groups.expect(9);
  EXPECT_THAT(groups.add(change_of("a"), kStart), IsEmpty());
  EXPECT_THAT(groups.add(change_of("b"), kStart + seconds(4)), IsEmpty());
  EXPECT_THAT(groups.add(change_of("c", "r2"), kStart + seconds(5)), IsEmpty());
  EXPECT_THAT(groups.add(notice_of("d", "r1", NoticeKind::plan_held), kStart + seconds(5)),
              IsEmpty());

  EXPECT_THAT(groups.due(kStart + seconds(9)), IsEmpty());
  EXPECT_EQ(groups.wait(kStart + seconds(9)), seconds(1));
  const auto due = groups.due(kStart + seconds(10));

  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].cycle.account_name, "a");
  ASSERT_THAT(due[0].others, SizeIs(1));
  EXPECT_EQ(due[0].others[0].cycle.account_name, "b");
  EXPECT_THAT(groups.all(), SizeIs(2)) << "nothing is lost at the end";
  EXPECT_TRUE(groups.empty());
}

TEST(NoticeGroups, KeepTheOrderOfAnAccountThatTellsTwice) {
  NoticeGroups groups;
  groups.expect(9);
  EXPECT_THAT(groups.add(change_of("a"), kStart), IsEmpty());

  EXPECT_THAT(groups.add(change_of("a"), kStart + seconds(1)), SizeIs(1));

  EXPECT_THAT(groups.all(), SizeIs(1));
}

TEST(NoticeGroups, EndOnceAllAccountsAreThere) {
  NoticeGroups groups;
  groups.expect(2);
  EXPECT_THAT(groups.add(change_of("a"), kStart), IsEmpty());

  const auto ready = groups.add(change_of("b"), kStart);

  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_THAT(ready[0].others, SizeIs(1));
}

TEST(NoticeGroups, KeepFailuresOfAnotherKindApart) {
  NoticeGroups groups;
  groups.expect(9);
  Notice one = notice_of("a", "", NoticeKind::account_failing);
  one.cycle.failure = "Unavailable";
  Notice other = notice_of("b", "", NoticeKind::account_failing);
  other.cycle.failure = "Forbidden";

  EXPECT_THAT(groups.add(one, kStart), IsEmpty());
  EXPECT_THAT(groups.add(other, kStart), IsEmpty());

  EXPECT_THAT(groups.all(), SizeIs(2));
}

}  // namespace
}  // namespace authzd
