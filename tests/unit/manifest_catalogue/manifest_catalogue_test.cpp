// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The ready-made manifests are what a new user copies first: each must load without a word.

#include "reconciler/manifest/loader.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace authzd {
namespace {

const std::filesystem::path kFolder = test::source_path("manifests");

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<SourceFile> catalogue() {
  std::vector<SourceFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".yaml") continue;
    files.push_back({entry.path().filename().string(), read(entry.path())});
  }
  std::ranges::sort(files, {}, &SourceFile::name);
  return files;
}

LoadOutcome load_all(const std::vector<SourceFile>& files) {
  LoadOptions options;
  options.account = AccountId{std::string(32, 'a')};
  return load_manifests(files, options);
}

TEST(ManifestCatalogue, LoadsWithoutDiagnostics) {
  const auto files = catalogue();
  ASSERT_GT(files.size(), 20U);

  const LoadOutcome outcome = load_all(files);

  EXPECT_EQ(render(outcome.diagnostics), "");
  EXPECT_GE(outcome.desired.grants.size(), files.size());
}

TEST(ManifestCatalogue, GrantsEachKeyOnce) {
  std::map<Key, std::string> seen;

  for (const SourceFile& file : catalogue()) {
    for (const Grant& grant : load_all({file}).desired.grants) {
      const auto [first, is_new] = seen.emplace(grant.key, file.name);
      EXPECT_TRUE(is_new) << file.name << " and " << first->second << " grant the same";
    }
  }
}

TEST(ManifestCatalogue, PointsEditorsAtTheSchemaBesideIt) {
  const std::string schema = "authorization.schema.json";
  for (const SourceFile& file : catalogue()) {
    EXPECT_TRUE(file.text.starts_with("# yaml-language-server: $schema=" + schema + "\n"))
        << file.name;
  }
  EXPECT_TRUE(exists(kFolder / schema));
  EXPECT_NE(read(kFolder / "CMakeLists.txt").find(" " + schema + "\n"), std::string::npos);
}

TEST(ManifestCatalogue, IsListedInItsReadmeAndInstalled) {
  const std::string readme = read(kFolder / "README.md");
  const std::string install = read(kFolder / "CMakeLists.txt");

  for (const SourceFile& file : catalogue()) {
    EXPECT_NE(readme.find("(" + file.name + ")"), std::string::npos) << file.name;
    EXPECT_NE(install.find(" " + file.name + "\n"), std::string::npos) << file.name;
  }
}

}  // namespace
}  // namespace authzd
