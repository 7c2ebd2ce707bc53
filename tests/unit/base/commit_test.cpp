// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/commit.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

const std::string kId = "4f2a91c0d3e18877665544332211ffeeddccbbaa";

TEST(Commit, IsShownByItsSubjectAndAuthorAsFarAsKnown) {
  EXPECT_EQ(commit_text({kId, "Ada", "Say \"hi\""}), "\"Say \\\"hi\\\"\" by Ada");
  EXPECT_EQ(commit_text({kId, "Ada", ""}), "by Ada");
  EXPECT_EQ(commit_text({kId, "", "Fix"}), "\"Fix\"");
  EXPECT_EQ(commit_text({kId}), "");
  EXPECT_EQ(commit_text({kId, "A\nPlan: 0", "\x1b[2J"}), "\"\\\\x1B[2J\" by A\\x0APlan: 0");
}

TEST(Commit, IsCutAtWholeCharacters) {
  EXPECT_EQ(first_characters("Schlüssel", 5), "Schlü…");
  EXPECT_EQ(first_characters("Schlüssel", 9), "Schlüssel");
  EXPECT_EQ(first_characters("\xc3\xc3\xc3", 2), "\xc3\xc3…");
  EXPECT_EQ(first_characters("", 0), "");
}

TEST(Commit, HasALinkByTheTemplateIfItIsOne) {
  EXPECT_EQ(commit_link("https://h/{commit}?c={commit}", kId), "https://h/" + kId + "?c=" + kId);
  EXPECT_EQ(commit_link("https://h/{commit}", "dir:0123"), "");
  EXPECT_EQ(commit_link("", kId), "");
}

TEST(Commit, IsNamedByItsFirstDigits) {
  EXPECT_EQ(short_revision(kId), "4f2a91c0d3e1");
  EXPECT_EQ(short_revision("dir:e9e5df3a9d86"), "dir:e9e5df3a9d86");
}

}  // namespace
}  // namespace authzd
