// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The authors that git tells.

#include "daemon/source/git_authors.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

TEST(GitAuthors, AreThoseOfAllCommitsInLowerCase) {
  const Authors authors = parse_git_authors(
      "author Ada@Example.com\ncommitter noreply@forge.example\n\n"
      "author bob@example.com\ncommitter bob@example.com\n"
      "Co-authored-by: Eve <Eve@example.com>\n\n");

  const Authors expected{{"ada@example.com", "bob@example.com", "eve@example.com"},
                         {"bob@example.com", "noreply@forge.example"},
                         true};
  EXPECT_EQ(authors, expected);
}

TEST(GitAuthors, AreNotAllKnownWhereOneHasNoAddressOrALineIsAnother) {
  EXPECT_FALSE(parse_git_authors("author \ncommitter a@b\n").is_known);
  EXPECT_FALSE(parse_git_authors("author a@b\nCo-authored-by: Eve\n").is_known);
  EXPECT_FALSE(parse_git_authors("gpg: a warning\n").is_known);
  EXPECT_TRUE(parse_git_authors("").is_known);
}

}  // namespace
}  // namespace authzd
