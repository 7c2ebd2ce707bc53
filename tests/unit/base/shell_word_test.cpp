// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/text.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

TEST(ShellWord, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(shell_word("a/b-c_d.e:1"), "a/b-c_d.e:1");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("$(x)"), "'$(x)'");
  EXPECT_EQ(shell_word("a\nb"), "'a\\x0Ab'");
  EXPECT_EQ(shell_word("it's[\"a\"]"), "'it'\\''s[\"a\"]'");
}

}  // namespace
}  // namespace authzd
