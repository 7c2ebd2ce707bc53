// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/commit_link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string default_of(std::string_view url) {
  return default_commit_link(*parse_git_url(url));
}

TEST(CommitLink, IsKnownForTheHostsThatEveryoneUses) {
  EXPECT_EQ(default_of("https://github.com/org/repo.git"),
            "https://github.com/org/repo/commit/{commit}");
  EXPECT_EQ(default_of("git@github.com:org/repo"), "https://github.com/org/repo/commit/{commit}");
  EXPECT_EQ(default_of("ssh://git@gitlab.com:22/group/sub/repo.git"),
            "https://gitlab.com/group/sub/repo/-/commit/{commit}");
  EXPECT_EQ(default_of("https://bitbucket.org/org/repo"),
            "https://bitbucket.org/org/repo/commits/{commit}");
}

TEST(CommitLink, IsNotGuessedForAnyOther) {
  EXPECT_EQ(default_of("https://git.example.com/org/repo.git"), "");
  EXPECT_EQ(default_of("https://github.com.evil.example/org/repo"), "");
  EXPECT_EQ(default_of("https://github.com/repo"), "");
  EXPECT_EQ(default_of("https://github.com/org/re%70o"), "");
}

TEST(CommitLink, IsAnAddressWithAPlaceForTheCommit) {
  EXPECT_TRUE(check_commit_link("https://git.example/org/repo/commit/{commit}"));
  EXPECT_TRUE(check_commit_link("http://git.example:8080/?p=r;h={commit}"));

  for (const std::string_view link : {"javascript:alert({commit})",
                                      "ftp://h/{commit}",
                                      "https://h/s3cret",
                                      "https://u:s3cret@h/{commit}",
                                      "https:///{commit}",
                                      "https://{commit}/s3cret",
                                      "https://h/{commit}/{s3cret}",
                                      "https://h/{commit}\"onclick=s3cret",
                                      "https://h/{commit} s3cret"}) {
    const auto checked = check_commit_link(link);
    ASSERT_FALSE(checked) << link;
    EXPECT_EQ(checked.error().code, ErrorCode::invalid_config);
    EXPECT_THAT(checked.error().message, Not(HasSubstr("s3cret")));
  }
}

}  // namespace
}  // namespace authzd
