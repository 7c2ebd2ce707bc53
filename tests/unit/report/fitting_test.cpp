// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/fitting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace authzd {
namespace {

using ::testing::HasSubstr;

FittedPart fitted_part(std::string head, std::size_t rows, char letter, int rank) {
  FittedPart part{.head = std::move(head), .tail = ".\n", .rank = rank};
  for (std::size_t i = 0; i < rows; ++i) part.rows.push_back(std::string(9, letter) + "\n");
  return part;
}

TEST(Fitting, LeavesOutNothingThatFitsExactly) {
  const std::vector<FittedPart> parts{fitted_part("A:\n", 3, 'a', 0),
                                      fitted_part("B:\n", 2, 'b', 1)};
  const std::string all = fit(parts, 1000);

  EXPECT_EQ(all, "A:\naaaaaaaaa\naaaaaaaaa\naaaaaaaaa\n.\nB:\nbbbbbbbbb\nbbbbbbbbb\n.\n");
  EXPECT_EQ(fit(parts, all.size()), all);
  EXPECT_THAT(fit(parts, all.size() - 1), HasSubstr(" not shown."));
}

TEST(Fitting, CountsWhatItLeavesOutAndKeepsRowsOfALowRankLonger) {
  const std::vector<FittedPart> parts{fitted_part("A:\n", 100, 'a', 1),
                                      fitted_part("B:\n", 100, 'b', 0)};

  const std::string text = fit(parts, 1200);

  EXPECT_LE(text.size(), 1200U);
  const auto of = [&text](char letter) { return std::count(text.begin(), text.end(), letter) / 9; };
  EXPECT_GT(of('b'), of('a'));
  EXPECT_GT(of('a'), 10);
  EXPECT_THAT(text, HasSubstr("\n" + std::to_string(100 - of('b')) + " more are not shown.\n.\n"));
}

TEST(Fitting, AlwaysShowsHeadsAndTails) {
  const std::string text = fit({fitted_part("A:\n", 1, 'a', 0), fitted_part("B:\n", 0, 'b', 0)}, 0);

  EXPECT_EQ(text, "A:\n\n1 more is not shown.\n.\nB:\n.\n");
}

}  // namespace
}  // namespace authzd
