// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// An end or a review is reported once for each of the times before it.
#include "daemon/notify/notice_filter.hpp"
#include "daemon/notify/notice_formats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Timestamp kReminded{std::chrono::seconds(1'800'000'000)};

DueDate end_of(const std::string& name, std::chrono::milliseconds before = 7 * 24h) {
  return {DueKind::end, name, "storage", kReminded + 24h, before};
}

DueDate review_of(const std::string& name, std::chrono::milliseconds before) {
  return {DueKind::review, name, "", kReminded + 24h, before};
}

CycleSummary cycle_with(std::vector<DueDate> due, std::chrono::minutes after = 0min) {
  CycleSummary cycle;
  cycle.owner = "acme";
  cycle.account = AccountId{"0123456789abcdef0123456789abcdef"};
  cycle.account_name = "prod";
  cycle.at = kReminded + after;
  cycle.due = std::move(due);
  return cycle;
}

std::vector<std::string> texts(NoticeFilter& filter, const CycleSummary& cycle) {
  std::vector<std::string> texts;
  for (const Notice& notice : filter.news(cycle)) {
    texts.push_back(std::string(to_string(notice.kind)) + ": " + notice.text);
  }
  return texts;
}

TEST(Reminder, SaysWhatEndsAndWhoAnswersForIt) {
  NoticeFilter filter;

  EXPECT_THAT(texts(filter, cycle_with({end_of("disks")})),
              ElementsAre("EndsNear: 1 authorization will end, and the policies with them: disks "
                          "ends at 2027-01-16T08:00:00Z (owner storage); to keep one, give it a "
                          "later expiresAt"));
}

TEST(Reminder, IsToldOnceForEachTimeBefore) {
  NoticeFilter filter;

  EXPECT_THAT(texts(filter, cycle_with({review_of("disks", 7 * 24h)})),
              ElementsAre(HasSubstr("ReviewsDue: 1 authorization to review: disks")));
  EXPECT_THAT(texts(filter, cycle_with({review_of("disks", 7 * 24h)}, 2000min)), IsEmpty());
  EXPECT_THAT(texts(filter, cycle_with({review_of("disks", 24h)}, 3000min)).size(), 1U);
  EXPECT_THAT(texts(filter, cycle_with({review_of("disks", 0ms)}, 4000min)),
              ElementsAre(HasSubstr("was to be reviewed")));
  EXPECT_THAT(texts(filter, cycle_with({review_of("disks", 0ms)}, 9000min)), IsEmpty());
}

TEST(Reminder, NamesOnlyWhatIsNew) {
  NoticeFilter filter;
  ASSERT_EQ(texts(filter, cycle_with({end_of("disks")})).size(), 1U);

  EXPECT_THAT(texts(filter, cycle_with({end_of("disks"), end_of("logs")}, 5min)),
              ElementsAre(AllOf(HasSubstr("logs ends"), Not(HasSubstr("disks")))));
  EXPECT_THAT(texts(filter, cycle_with({end_of("disks"), end_of("logs")}, 10min)), IsEmpty());
}

TEST(Reminder, IsNotRepeatedByTheNextProcess) {
  NoticeFilter filter;
  const CycleSummary cycle = cycle_with({end_of("disks"), review_of("logs", 24h)});
  ASSERT_EQ(texts(filter, cycle).size(), 2U);

  NoticeFilter next;
  next.recall(cycle.account, filter.told(cycle.account));

  EXPECT_THAT(texts(next, cycle_with({end_of("disks"), review_of("logs", 24h)}, 5min)), IsEmpty());
}

TEST(Reminder, IsNotRepeatedAfterACycleThatFailed) {
  NoticeFilter filter;
  ASSERT_EQ(texts(filter, cycle_with({end_of("disks")})).size(), 1U);
  CycleSummary failed = cycle_with({}, 5min);
  failed.failure = "Unavailable";
  ASSERT_EQ(texts(filter, failed).size(), 1U);

  for (const std::string& text : texts(filter, cycle_with({end_of("disks")}, 10min))) {
    EXPECT_THAT(text, Not(HasSubstr("EndsNear")));
  }
}

TEST(Reminder, TellsADateThatMoved) {
  NoticeFilter filter;
  ASSERT_EQ(texts(filter, cycle_with({end_of("disks")})).size(), 1U);
  DueDate later = end_of("disks");
  later.at += 1h;

  EXPECT_EQ(texts(filter, cycle_with({later}, 5min)).size(), 1U);
}

TEST(Reminder, IsAnEventWithItsDates) {
  NoticeFilter filter;
  const auto notices = filter.news(cycle_with({end_of("disks")}));
  ASSERT_EQ(notices.size(), 1U);

  EXPECT_THAT(cloud_event(notices.front(), "id"),
              AllOf(HasSubstr("\"type\":\"authzd.v1.EndsNear\""),
                    HasSubstr("\"due\":[{\"name\":\"disks\",\"owner\":\"storage\",\"at\":"
                              "\"2027-01-16T08:00:00Z\"}]")));
}

}  // namespace
}  // namespace authzd
