// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The table above TrustedTime; and no jump of either clock releases or ends anything.

#include "reconciler/base/trusted_time.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;

const Timestamp kNow{std::chrono::hours(24 * 365 * 50)};
const Timestamp kTrusted = kNow - 30min;

TEST(TrustedTime, IsIamsWhereBothClocksAgree) {
  const TrustedTime time = judge_time(kNow + 4min, HeardDate{kNow - 10s, 10s, 2s}, kTrusted);

  EXPECT_TRUE(time.is_trusted());
  EXPECT_EQ(time.now, kNow);
  EXPECT_EQ(time.earliest, kNow);
  EXPECT_EQ(time.latest, kNow + 3s);
  EXPECT_EQ(time.skew, 4min);
}

TEST(TrustedTime, LetsARoundTripExplainWhatTheClocksDifferBy) {
  EXPECT_FALSE(judge_time(kNow + 6min, HeardDate{kNow}, {}).is_trusted());
  EXPECT_TRUE(judge_time(kNow + 6min, HeardDate{kNow, 0s, 2min}, {}).is_trusted());
}

TEST(TrustedTime, StandsStillForReleasesWhileTheClocksDiffer) {
  for (const auto host : {kNow + 6h, kNow - 6h}) {
    const TrustedTime time = judge_time(host, HeardDate{kNow}, kTrusted);

    EXPECT_EQ(time.source, TimeSource::disputed);
    EXPECT_EQ(time.now, kNow);
    EXPECT_EQ(time.earliest, kTrusted);
    EXPECT_GE(time.latest, host);
    EXPECT_TRUE(time.is_in_doubt(kNow));
    EXPECT_FALSE(time.if_trusted());
  }
}

TEST(TrustedTime, IsNotTakenFromTheHostAlone) {
  const TrustedTime time = judge_time(kNow + 6h, {}, kTrusted);

  EXPECT_EQ(time.source, TimeSource::host);
  EXPECT_EQ(time.earliest, kTrusted);
  EXPECT_TRUE(time.is_in_doubt(kNow));
}

TEST(TrustedTime, NeverWritesDownWhatIsEarlierThanWasTrustedOnce) {
  EXPECT_EQ(judge_time(kNow - 48h, {}, kTrusted).now, kTrusted);
  EXPECT_EQ(judge_time(kNow, HeardDate{kNow - 48h}, kTrusted).now, kTrusted);
}

TEST(TrustedTime, ReleasesNothingBeforeItWasEverTrusted) {
  const TrustedTime time = judge_time(kNow, {}, {});

  EXPECT_FALSE(time.has_passed(kNow - 24h * 365));
  EXPECT_FALSE(TrustedTime{}.is_trusted());
}

TEST(TrustedTime, TakesWhatLiesAheadAsNow) {
  const TrustedTime time = trusted_at(kNow);

  EXPECT_TRUE(time.is_within(kNow + 6h, 2min));
  EXPECT_TRUE(time.is_within(kNow - 1min, 2min));
  EXPECT_FALSE(time.is_within(kNow - 2min, 2min));
}

TEST(TrustedTime, SaysWhyItIsNot) {
  EXPECT_EQ(clock_text(trusted_at(kNow)), "");
  EXPECT_NE(clock_text(judge_time(kNow + 6h, HeardDate{kNow}, {})).find("6h ahead of"),
            std::string::npos);
  EXPECT_NE(clock_text(judge_time(kNow - 6h, HeardDate{kNow}, {})).find("6h behind"),
            std::string::npos);
  EXPECT_NE(clock_text(judge_time(kNow, {}, {})).find("no usable Date"), std::string::npos);
}

}  // namespace
}  // namespace authzd
