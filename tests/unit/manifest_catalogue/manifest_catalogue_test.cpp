// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The ready-made manifests are what a new user copies first: each must load without diagnostics.

#include "daemon/data/data.hpp"
#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/manifest/loader.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
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
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() != ".yaml") continue;
    std::string name = entry.path().lexically_relative(kFolder).string();
    // A repository to start from, which has files of other programs, too (system.pipeline).
    if (name.starts_with("template/")) continue;
    files.push_back({std::move(name), read(entry.path())});
  }
  std::ranges::sort(files, {}, &SourceFile::name);
  return files;
}

LoadOutcome load_all(const std::vector<SourceFile>& files) {
  LoadOptions options;
  options.account = AccountId{std::string(32, 'a')};
  options.services = {.names = &known_services(), .warns_of_unknown = true};
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

std::string use_of(const std::string& source, const std::string& target) {
  return source + " for " + target;
}

std::set<std::string> uses_in_catalogue() {
  std::set<std::string> uses;
  for (const Grant& grant : load_all(catalogue()).desired.grants) {
    const RoleQuery pair = role_query(grant.subject, grant.resource);
    uses.insert(use_of(pair.source_service, pair.target_service));
  }
  return uses;
}

/// What the readme says is omitted, or provided in another way.
bool is_left_out(const std::string& source, const std::string& target) {
  if (source == "cloudcerts" || source.ends_with("*")) return true;
  return source == "secrets-manager" && target == "hs-crypto";  // a line of secrets-manager's file
}

TEST(ManifestCatalogue, HoldsEveryUseThatIsDocumented) {
  const std::set<std::string> uses = uses_in_catalogue();
  for (const auto& pair : nlohmann::json::parse(kPairs)) {
    const std::string source = pair.at("source").at("service");
    const std::string target = pair.at("target").value("service", "resource-controller");
    if (is_left_out(source, target)) continue;
    EXPECT_TRUE(uses.contains(use_of(source, target))) << use_of(source, target);
  }
}

TEST(ManifestCatalogue, NamesThePageThatDocumentsEachFile) {
  for (const SourceFile& file : catalogue()) {
    EXPECT_NE(file.text.find("\n# Source: "), std::string::npos) << file.name;
  }
}

/// A service that loses its key loses its data.
TEST(ManifestCatalogue, ProposesToProtectWhatEncryptionNeeds) {
  for (const SourceFile& file : catalogue()) {
    const bool is_encryption = file.name.starts_with("encryption/");
    EXPECT_EQ(file.text.find("\n  # protect: true\n") != std::string::npos, is_encryption)
        << file.name;
  }
}

TEST(ManifestCatalogue, PointsEditorsAtTheSchemaAboveIt) {
  const std::string schema = "authorization.schema.json";
  for (const SourceFile& file : catalogue()) {
    EXPECT_TRUE(file.text.starts_with("# yaml-language-server: $schema=../" + schema + "\n"))
        << file.name;
  }
  EXPECT_TRUE(exists(kFolder / schema));
  EXPECT_NE(read(kFolder / "CMakeLists.txt").find(" " + schema + "\n"), std::string::npos);
}

TEST(ManifestCatalogue, IsListedInItsReadmeAndItsFoldersAreInstalled) {
  const std::string readme = read(kFolder / "README.md");
  const std::string install = read(kFolder / "CMakeLists.txt");

  for (const SourceFile& file : catalogue()) {
    EXPECT_NE(readme.find("(" + file.name + ")"), std::string::npos) << file.name;
    const std::string folder = file.name.substr(0, file.name.find('/'));
    EXPECT_NE(install.find(" " + folder + " "), std::string::npos) << file.name;
  }
}

}  // namespace
}  // namespace authzd
