// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/text.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

TEST(Nesting, CountsBracketsThatStandInEachOther) {
  EXPECT_FALSE(is_nested_deeper(R"([{"a":[]},[[]]])", 3));
  EXPECT_TRUE(is_nested_deeper(R"([{"a":[]},[[]]])", 2));
}

TEST(Nesting, CountsNoBracketOfAText) {
  EXPECT_FALSE(is_nested_deeper(R"(["[[[[", "\"[[[["])", 1));
}

}  // namespace
}  // namespace authzd
