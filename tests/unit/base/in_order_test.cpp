// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/in_order.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace authzd {
namespace {

TEST(InOrder, FindsWhatASearchFindsInWhateverOrder) {
  const std::map<int, int> map{{1, 10}, {3, 30}, {5, 50}, {7, 70}};
  const std::vector<std::vector<int>> orders{{0, 1, 2, 3, 4, 5, 6, 7, 8},
                                             {8, 7, 6, 5, 4, 3, 2, 1, 0},
                                             {3, 3, 5, 5, 3, 1, 7, 0, 8, 1, 8},
                                             {7, 2, 7, 4, 6},
                                             {2, 2, 1, 2, 3}};
  for (const std::vector<int>& keys : orders) {
    InOrder found(map);
    for (const int key : keys) EXPECT_TRUE(found.find(key) == map.find(key)) << key;
  }
}

TEST(InOrder, FindsNothingInNothing) {
  const std::map<int, int> none;
  InOrder found(none);
  EXPECT_FALSE(found.contains(1));
  EXPECT_FALSE(found.contains(0));
}

}  // namespace
}  // namespace authzd
