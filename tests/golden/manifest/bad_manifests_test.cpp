// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Each file of the folder `bad` has a fault; beside it stands what a person is told about it.
#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/manifest/loader.hpp"
#include "tests/golden/golden_files.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

const std::string kFolder = "tests/golden/manifest/bad";

class BadManifest : public testing::TestWithParam<std::string> {};

TEST_P(BadManifest, IsExplainedAsExpected) {
  const std::string path = test::source_path(kFolder + "/" + GetParam() + ".yaml");
  const std::vector<SourceFile> files{{GetParam() + ".yaml", golden::read_file(path)}};
  LoadOptions options;
  options.account = AccountId("0123456789abcdef0123456789abcdef");
  options.now = *parse_rfc3339("2026-11-23T00:00:00Z");
  options.services = {.names = &known_services(), .warns_of_unknown = true};

  const std::string said = render(load_manifests(files, options).diagnostics);

  EXPECT_NE(said, "") << "nothing was found wrong";
  EXPECT_EQ(said, golden::expected_text(kFolder, GetParam(), ".expected", said));
}

INSTANTIATE_TEST_SUITE_P(Golden,
                         BadManifest,
                         testing::ValuesIn(golden::golden_names(kFolder)),
                         [](const auto& file) { return golden::test_name(file.param); });

}  // namespace
}  // namespace authzd
