// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http.hpp"

#include "reconciler/base/encoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

TEST(BaseUrl, ReadsHostPortAndPath) {
  const auto url = parse_base_url("HTTPS://IAM.example:8443/base/");

  ASSERT_TRUE(url);
  EXPECT_EQ(url->origin, (Origin{"https", "iam.example", 8443}));
  EXPECT_EQ(url->path, "/base");
}

TEST(BaseUrl, KnowsTheUsualPortsAndIpv6) {
  EXPECT_EQ(parse_base_url("https://a")->origin.port, 443);
  EXPECT_EQ(parse_base_url("http://a")->origin.port, 80);
  EXPECT_EQ(parse_base_url("http://[::1]:81")->origin, (Origin{"http", "::1", 81}));
  EXPECT_EQ(to_string(Origin{"http", "::1", 81}), "http://[::1]:81");
  EXPECT_EQ(to_string(Origin{"https", "a", 443}), "https://a");
}

TEST(BaseUrl, RefusesWhatIsNoBaseUrl) {
  for (const auto* text : {"",
                           "a",
                           "ftp://a",
                           "https://",
                           "https://a b",
                           "https://a:0",
                           "https://a:65536",
                           "https://a:",
                           "https://a?b",
                           "https://a#b",
                           "https://[::1",
                           "https://[x]",
                           "https://a/b c",
                           "https://a\r\nb"}) {
    const auto url = parse_base_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, ErrorCode::invalid_config);
  }
}

TEST(BaseUrl, NeverShowsAPasswordThatItRefuses) {
  for (const char* text : {"https://user:hunter2@a",
                           "user:hunter2@a",
                           "htps://user:hunter2@a",
                           "https://user:hunter2@a?query",
                           "https://user:hunter2/@a b"}) {
    const auto url = parse_base_url(text);

    ASSERT_FALSE(url) << text;
    EXPECT_THAT(url.error().message, ::testing::Not(::testing::HasSubstr("hunter2"))) << text;
  }
}

TEST(UrlEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encoded("a b&c=/?\xc3\xa9"), "a%20b%26c%3D%2F%3F%C3%A9");
}

TEST(Headers, AreFoundWhateverTheirCase) {
  const HttpHeaders headers{{"ETag", "1"}, {"etag", "2"}};

  EXPECT_EQ(find_header(headers, "ETAG"), "1");
  EXPECT_EQ(find_header(headers, "Date"), "");
}

}  // namespace
}  // namespace authzd
