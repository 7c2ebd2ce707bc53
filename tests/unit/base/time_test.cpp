// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/time.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;

TEST(Rfc3339, ReadsOffsetsAndFractions) {
  const auto utc = parse_rfc3339("2026-01-31T06:00:00.5Z");

  ASSERT_TRUE(utc);
  EXPECT_EQ(parse_rfc3339("2026-01-31T08:00:00.5+02:00"), utc);
  EXPECT_EQ(to_rfc3339(*utc), "2026-01-31T06:00:00.500Z");
  EXPECT_EQ(to_rfc3339(*utc - 500ms), "2026-01-31T06:00:00Z");
}

TEST(Rfc3339, RefusesWhatIsNotAnAbsoluteTime) {
  for (const char* text : {"",
                           "2026-01-31",
                           "2026-01-31T06:00:00",
                           "2026-02-30T00:00:00Z",
                           "2026-01-31T24:00:00Z",
                           "2026-01-31T06:00:00.Z",
                           "2026-01-31T06:00:00Z ",
                           "in 3 days"}) {
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
  }
}

TEST(HttpDate, ReadsTheFixedFormAndNoOther) {
  EXPECT_EQ(parse_http_date("Tue, 15 Nov 1994 08:12:31 GMT"),
            parse_rfc3339("1994-11-15T08:12:31Z"));
  // IAM's own Expires header (iam-api §1) is not a date.
  EXPECT_EQ(parse_http_date("Thursday, 1 January 1970 00:00:00 GMT"), std::nullopt);
}

TEST(Duration, ReadsUnitsLargestFirst) {
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("30d"), 720h);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Duration, RefusesWhatASlipOfThePenMakes) {
  for (const char* text : {"", "5", "m", "-5m", "5 m", "30m1h", "1h1h", "5min", "99999999999d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, IsShownAsItIsRead) {
  EXPECT_EQ(to_string(90min), "1h30m");
  EXPECT_EQ(to_string(std::chrono::milliseconds{0}), "0s");
  EXPECT_EQ(to_string(1500ms), "1s500ms");
}

}  // namespace
}  // namespace authzd
