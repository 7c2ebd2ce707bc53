// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/routes.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

TEST(Routes, AreFoundByTheWholePathOnly) {
  EXPECT_NE(find_route("/metrics"), nullptr);
  for (const char* path : {"",
                           "/metrics/",
                           "//metrics",
                           "/METRICS",
                           "/api/v1",
                           "/api/v1/grants",
                           "/api/v1/grants/",
                           "/api/v1/grants/a/b",
                           "/hook",
                           "metrics",
                           "/api/v1/../../metrics",
                           "/%6detrics",
                           "http://x/metrics",
                           "*"}) {
    EXPECT_EQ(find_route(path), nullptr) << path;
  }
}

TEST(Routes, OfOneAuthorizationEndInItsName) {
  const Route* const route = find_route("/api/v1/grants/block-storage");
  ASSERT_NE(route, nullptr);
  EXPECT_EQ(route->page, Page::grants);
  EXPECT_TRUE(route->is_guarded);
  EXPECT_EQ(last_segment("/api/v1/grants/block-storage"), "block-storage");
}

TEST(Routes, TakeTheQueryOffATarget) {
  EXPECT_EQ(split_target("/a?b=c?d").path, "/a");
  EXPECT_EQ(split_target("/a?b=c?d").query, "b=c?d");
  EXPECT_EQ(split_target("/a").query, "");
}

TEST(Routes, DecodeAQuery) {
  EXPECT_EQ(query_value("a=1&b=2", "b"), "2");
  EXPECT_EQ(query_value("b=1&b=2", "b"), "1");
  EXPECT_EQ(query_value("account=big+one%21", "account"), "big one!");
  EXPECT_EQ(query_value("account=50%", "account"), "50%");
  EXPECT_EQ(query_value("account=%zz%4", "account"), "%zz%4");
  EXPECT_EQ(query_value("account", "account"), "");
  EXPECT_EQ(query_value("", "account"), std::nullopt);
  EXPECT_EQ(query_value("&&=x&accounts=1", "account"), std::nullopt);
}

}  // namespace
}  // namespace authzd
