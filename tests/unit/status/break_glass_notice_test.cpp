// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A break-glass grant is reported once when it is made, and once when it is over.
#include "daemon/notify/notice_filter.hpp"
#include "daemon/notify/notice_formats.hpp"
#include "daemon/notify/notify_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Timestamp kGlassTold{std::chrono::seconds(1'800'000'000)};

BreakGlass told_glass(const std::string& name) {
  BreakGlass glass{.name = name, .who = "alice (uid 1000)", .reason = "INC-17"};
  glass.ends = kGlassTold + 4h;
  glass.what = {"server-protect → hs-crypto : Reader"};
  return glass;
}

CycleSummary glass_cycle(std::optional<std::vector<BreakGlass>> glass, std::chrono::minutes after) {
  CycleSummary cycle;
  cycle.owner = "acme";
  cycle.account = AccountId{"0123456789abcdef0123456789abcdef"};
  cycle.account_name = "prod";
  cycle.at = kGlassTold + after;
  cycle.break_glass = std::move(glass);
  return cycle;
}

std::vector<std::string> glass_texts(NoticeFilter& filter, const CycleSummary& cycle) {
  std::vector<std::string> texts;
  for (const Notice& notice : filter.news(cycle)) {
    texts.push_back(std::string(to_string(notice.kind)) + ": " + notice.text);
  }
  return texts;
}

TEST(BreakGlassNotice, SaysWhoWhyWhatAndUntilWhenAndThatItIsOver) {
  NoticeFilter filter;
  const std::vector<BreakGlass> one{told_glass("break-glass-1")};

  EXPECT_THAT(glass_texts(filter, glass_cycle(one, 0min)),
              ElementsAre("BreakGlassGranted: granted without a commit: break-glass-1 by alice "
                          "(uid 1000) until 2027-01-15T12:00:00Z, for: INC-17, server-protect → "
                          "hs-crypto : Reader"));
  EXPECT_THAT(glass_texts(filter, glass_cycle(one, 3000min)), IsEmpty());
  EXPECT_THAT(glass_texts(filter, glass_cycle(std::vector<BreakGlass>{}, 3005min)),
              ElementsAre(HasSubstr("BreakGlassEnded: over, and granted no more without a "
                                    "manifest: break-glass-1")));
  EXPECT_THAT(glass_texts(filter, glass_cycle(std::vector<BreakGlass>{}, 3010min)), IsEmpty());
}

TEST(BreakGlassNotice, IsNotOverBecauseNothingIsKnown) {
  NoticeFilter filter;
  const std::vector<BreakGlass> one{told_glass("break-glass-1")};
  ASSERT_EQ(glass_texts(filter, glass_cycle(one, 0min)).size(), 1U);

  EXPECT_THAT(glass_texts(filter, glass_cycle(std::nullopt, 5min)), IsEmpty());
  EXPECT_THAT(glass_texts(filter, glass_cycle(one, 10min)), IsEmpty());
}

TEST(BreakGlassNotice, IsNotRepeatedByTheNextProcess) {
  NoticeFilter filter;
  const CycleSummary cycle = glass_cycle(std::vector{told_glass("break-glass-1")}, 0min);
  ASSERT_EQ(glass_texts(filter, cycle).size(), 1U);
  NoticeFilter next;
  next.recall(cycle.account, filter.told(cycle.account));

  EXPECT_THAT(glass_texts(next, glass_cycle(std::nullopt, 1min)), IsEmpty());
  EXPECT_THAT(
      glass_texts(
          next,
          glass_cycle(std::vector{told_glass("break-glass-1"), told_glass("break-glass-2")}, 2min)),
      ElementsAre(HasSubstr("break-glass-2")));
}

TEST(BreakGlassNotice, IsAnIncidentForPagerDuty) {
  EXPECT_TRUE(is_incident(NoticeKind::break_glass_granted));
  EXPECT_TRUE(takes(NotifyFormat::pagerduty, NoticeKind::break_glass_ended));
}

}  // namespace
}  // namespace authzd
