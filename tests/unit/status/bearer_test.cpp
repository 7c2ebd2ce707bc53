// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/bearer.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

bool opens(HttpHeaders headers) {
  return has_bearer_token(headers, Secret("correct horse battery"));
}

TEST(Bearer, OpensToTheTokenAndToNothingElse) {
  EXPECT_TRUE(opens({{"Authorization", "Bearer correct horse battery"}}));
  EXPECT_TRUE(opens({{"authorization", "bearer  correct horse battery "}}));

  EXPECT_FALSE(opens({}));
  EXPECT_FALSE(opens({{"Authorization", ""}}));
  EXPECT_FALSE(opens({{"Authorization", "Bearer "}}));
  EXPECT_FALSE(opens({{"Authorization", "Bearer"}}));
  EXPECT_FALSE(opens({{"Authorization", "Bearer correct horse batter"}}));
  EXPECT_FALSE(opens({{"Authorization", "Bearer correct horse battery2"}}));
  EXPECT_FALSE(opens({{"Authorization", "Basic correct horse battery"}}));
  EXPECT_FALSE(opens({{"X-Token", "Bearer correct horse battery"}}));
}

TEST(Bearer, DoesNotChooseBetweenTwo) {
  EXPECT_FALSE(opens({{"Authorization", "Bearer correct horse battery"},
                      {"Authorization", "Bearer correct horse battery"}}));
}

}  // namespace
}  // namespace authzd
