// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace authzd {
namespace {

TEST(Printable, KeepsTextAndEscapesWhatCouldForgeALine) {
  EXPECT_EQ(printable("Grüße → ok"), "Grüße → ok");
  EXPECT_EQ(printable("a\nb\x1b[2J"), "a\\x0Ab\\x1B[2J");
  EXPECT_EQ(printable("\x7f"), "\\x7F");
}

TEST(Printable, EscapesInvalidUtf8AndDirectionMarks) {
  EXPECT_EQ(printable("\xc3("), "\\xC3(");
  EXPECT_EQ(printable("\xc0\x80"), "\\xC0\\x80");           // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xED\\xA0\\x80");  // surrogate
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\xE2\\x80\\xAE");  // right-to-left override
  EXPECT_EQ(printable("\xc2\x9b"), "\\xC2\\x9B");           // C1: a terminal's CSI
}

TEST(DidYouMean, FindsTheNearWordAndNoFarOne) {
  constexpr std::array<std::string_view, 3> kWords{"service", "resource", "region"};

  EXPECT_EQ(did_you_mean("serivce", kWords), "service");
  EXPECT_EQ(did_you_mean("Region", kWords), "region");
  EXPECT_EQ(did_you_mean("colour", kWords), std::nullopt);
  EXPECT_EQ(did_you_mean("", kWords), std::nullopt);
}

TEST(SplitLines, MakesNoEmptyLastLine) {
  EXPECT_EQ(split_lines("a\n\nb\n"), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_TRUE(split_lines("").empty());
}

TEST(Trim, TakesWhiteSpaceOffBothEnds) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
}

TEST(CountOf, UsesThePluralForAllButOne) {
  EXPECT_EQ(count_of(1, "policy", "policies"), "1 policy");
  EXPECT_EQ(count_of(0, "policy", "policies"), "0 policies");
}

}  // namespace
}  // namespace authzd
