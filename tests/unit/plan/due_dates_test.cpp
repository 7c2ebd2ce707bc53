// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/due_dates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const Timestamp kDueNow{std::chrono::seconds(1'800'000'000)};

Grant ending(const std::string& name, std::chrono::milliseconds after) {
  Grant grant;
  grant.name = name;
  grant.expires_at = kDueNow + after;
  return grant;
}

Grant reviewed(const std::string& name, std::chrono::milliseconds after) {
  Grant grant;
  grant.name = name;
  grant.rationale = {"storage", "", "", kDueNow + after};
  return grant;
}

DueDates due_of(std::vector<Grant> grants, const RemindBefore& before = kRemindBefore) {
  return due_dates({{}, std::move(grants)}, trusted_at(kDueNow), before);
}

std::vector<std::string> names_in(const DueDates& due) {
  std::vector<std::string> names;
  for (const DueDate& date : due.dates) names.push_back(date.name);
  return names;
}

TEST(DueDates, AreThoseWithinTheLongestTimeTheSoonestFirst) {
  const DueDates due = due_of({ending("far", 7 * 24h + 1ms),
                               ending("week", 7 * 24h),
                               reviewed("hour", 1h),
                               ending("day", 24h)});

  EXPECT_THAT(names_in(due), ElementsAre("hour", "day", "week"));
  EXPECT_EQ(due.ends, 2U);
  EXPECT_EQ(due.reviews, 1U);
}

TEST(DueDates, TellWhichReminderHasBegun) {
  const DueDates due =
      due_of({ending("day", 24h), ending("days", 24h + 1ms), reviewed("over", -1ms)});

  ASSERT_THAT(names_in(due), ElementsAre("over", "day", "days"));
  EXPECT_EQ(due.dates[0].before, 0ms) << "overdue";
  EXPECT_EQ(due.dates[1].before, 24h);
  EXPECT_EQ(due.dates[2].before, 7 * 24h);
}

TEST(DueDates, LeaveOutAnEndThatHasComeAndKeepAReviewThatIsOverdue) {
  EXPECT_THAT(names_in(due_of({ending("ended", 0ms), reviewed("over", 0ms)})), ElementsAre("over"));
}

TEST(DueDates, NameAnAuthorizationOnce) {
  EXPECT_THAT(names_in(due_of({ending("disks", 1h), ending("disks", 1h), reviewed("disks", 1h)})),
              ElementsAre("disks", "disks"))
      << "its end, and its review";
}

TEST(DueDates, LeaveOutTheEndOfWhatIsNotManagedNow) {
  Grant suspended = ending("suspended", 1h);
  suspended.suspend = true;
  Grant released = ending("released", 1h);
  released.release = true;

  EXPECT_THAT(names_in(due_of({suspended, released})), IsEmpty());
}

TEST(DueDates, AreNoneIfNobodyIsToBeReminded) {
  EXPECT_EQ(due_of({reviewed("over", -1h)}, {}), DueDates{});
}

TEST(DueDates, CountWhatTheyDoNotList) {
  std::vector<Grant> many;
  for (int i = 0; i < 1'500; ++i) many.push_back(ending("n" + std::to_string(i), 1h));

  const DueDates due = due_of(std::move(many));

  EXPECT_EQ(due.dates.size(), kMostDueDates);
  EXPECT_EQ(due.ends, 1'500U);
}

TEST(DueDates, WaitForATimeThatIsCertain) {
  TrustedTime doubtful = trusted_at(kDueNow);
  doubtful.source = TimeSource::disputed;
  doubtful.earliest = kDueNow - 30 * 24h;

  EXPECT_THAT(names_in(due_dates({{}, {ending("disks", 1h)}}, doubtful, kRemindBefore)), IsEmpty());
}

TEST(DueDates, AreSaidWithTheOwner) {
  const auto at = *parse_rfc3339("2027-01-31T00:00:00Z");

  EXPECT_EQ(due_text({DueKind::end, "disks", "", at, 24h}), "disks ends at 2027-01-31T00:00:00Z");
  EXPECT_EQ(due_text({DueKind::review, "disks", "storage", at, 24h}),
            "disks is to be reviewed by 2027-01-31T00:00:00Z (owner storage)");
  EXPECT_EQ(due_text({DueKind::review, "disks", "", at, 0ms}),
            "disks was to be reviewed by 2027-01-31T00:00:00Z");
}

}  // namespace
}  // namespace authzd
