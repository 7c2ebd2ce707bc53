// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/exit_code.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

TEST(ExitCode, IsTheFirstThatFits) {
  using enum ExitCode;
  EXPECT_EQ(worst({}), done);
  EXPECT_EQ(worst({done, changes}), changes);
  EXPECT_EQ(worst({changes, conflicts}), conflicts);
  EXPECT_EQ(worst({conflicts, held}), held);
  EXPECT_EQ(worst({held, error}), error);
  EXPECT_EQ(worst({error, invalid}), invalid);
  EXPECT_EQ(worst({invalid, usage}), usage);
}

TEST(ExitCode, TellsInvalidInputFromFailure) {
  EXPECT_EQ(exit_code(Error{ErrorCode::invalid_manifest, ""}), ExitCode::invalid);
  EXPECT_EQ(exit_code(Error{ErrorCode::invalid_config, ""}), ExitCode::invalid);
  EXPECT_EQ(exit_code(Error{ErrorCode::unavailable, ""}), ExitCode::error);
}

TEST(ExitCode, OfAPlanNamesAllThatIsInIt) {
  PlanCounts counts;
  counts.removes = 1;
  counts.held = 1;
  counts.conflicts = 1;

  EXPECT_EQ(exit_codes(counts),
            (std::set{ExitCode::done, ExitCode::changes, ExitCode::held, ExitCode::conflicts}));
}

}  // namespace
}  // namespace authzd
