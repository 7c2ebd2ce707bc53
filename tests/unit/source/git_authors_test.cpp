// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The authors in git's output.

#include "daemon/source/git_output.hpp"

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

TEST(GitAuthors, AreThoseWhoSignedToo) {
  const Authors authors = parse_git_authors(
      "signed G Ann <Ann@example.com>\nauthor bob@example.com\ncommitter bob@example.com\n\n"
      "signed U eve@example.com,Eve@home\nauthor bob@example.com\ncommitter c@d\n\n");

  const Authors expected{{"ann@example.com", "bob@example.com", "eve@example.com", "eve@home"},
                         {"bob@example.com", "c@d"},
                         true};
  EXPECT_EQ(authors, expected);
}

TEST(GitAuthors, AreNotAllKnownWhereNobodyKnowsWhoSigned) {
  for (const std::string_view verdict : {"N ",
                                         "N",
                                         "",
                                         "U ",
                                         "B Ann <ann@example.com>",
                                         "X Ann <ann@example.com>",
                                         "Y Ann <ann@example.com>",
                                         "R Ann <ann@example.com>",
                                         "E ",
                                         "G *@example.com",
                                         "G Ann of the laptop",
                                         "G ann@example.com,"}) {
    const std::string said = "signed " + std::string(verdict) + "\nauthor a@b\ncommitter a@b\n";
    EXPECT_FALSE(parse_git_authors(said).is_known) << verdict;
  }
}

TEST(GitAuthors, AreUnknownWhereThereAreMoreThanAnybodyNames) {
  std::string said;
  for (int i = 0; i < 501; ++i) said += "author " + std::to_string(i) + "@example.com\n";

  EXPECT_EQ(parse_git_authors(said), (Authors{{}, {}, false}));
}

TEST(GitCommit, IsReadAsFarAsItCanBe) {
  const Commit commit = parse_git_commit("abc", "1769846400\n Ada \nA subject\n");
  EXPECT_EQ(commit.id, "abc");
  EXPECT_EQ(commit.author, "Ada");
  EXPECT_EQ(commit.subject, "A subject");
  EXPECT_EQ(to_rfc3339(commit.authored), "2026-01-31T08:00:00Z");

  EXPECT_EQ(parse_git_commit("abc", ""), Commit{"abc"});
  EXPECT_EQ(parse_git_commit("abc", "99999999999999\nAda\nS").authored, Timestamp{});
  EXPECT_EQ(parse_git_commit("abc", "-5\nAda\nS").authored, Timestamp{});
}

}  // namespace
}  // namespace authzd
