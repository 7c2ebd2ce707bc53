// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Each file of the folder `bad` has a fault; beside it stands what a person is told about it.
#include "daemon/config/config.hpp"
#include "tests/golden/golden_files.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

const std::string kFolder = "tests/golden/config/bad";

class BadConfiguration : public testing::TestWithParam<std::string> {};

TEST_P(BadConfiguration, IsExplainedAsExpected) {
  const std::string path = test::source_path(kFolder + "/" + GetParam() + ".yaml");
  const SourceFile file{GetParam() + ".yaml", golden::read_file(path)};

  const std::string said = render(load_config(file, {}).diagnostics);

  EXPECT_NE(said, "") << "nothing was found wrong";
  EXPECT_EQ(said, golden::expected_text(kFolder, GetParam(), ".expected", said));
}

INSTANTIATE_TEST_SUITE_P(Golden,
                         BadConfiguration,
                         testing::ValuesIn(golden::golden_names(kFolder)),
                         [](const auto& test) { return golden::test_name(test.param); });

}  // namespace
}  // namespace authzd
