// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// .authzdignore has the meaning of the same lines in git's .gitignore.
#include "reconciler/manifest/ignore_rules.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace authzd {
namespace {

using Random = std::mt19937;

template <std::size_t kCount>
std::string_view one_of(const std::array<std::string_view, kCount>& choices, Random& random) {
  return choices[random() % kCount];
}

std::string random_pattern(Random& random) {
  constexpr std::array<std::string_view, 18> kTokens{"a",
                                                     "b",
                                                     "ab",
                                                     "*",
                                                     "**",
                                                     "?",
                                                     "[ab]",
                                                     "[!a]",
                                                     "[a-c]",
                                                     "/",
                                                     "/",
                                                     "/**/",
                                                     "\\a",
                                                     ".yaml",
                                                     "[[:alpha:]]",
                                                     "c",
                                                     "*b",
                                                     "x y"};
  std::string line(random() % 4 == 0 ? "!" : "");
  if (random() % 4 == 0) line += "/";
  for (auto n = 1 + random() % 5; n > 0; --n) line += one_of(kTokens, random);
  if (random() % 4 == 0) line += "/";
  if (random() % 8 == 0) line += "  ";
  return line;
}

/// Git treats the "**" of "a**/b" as folders, because it compares the text before the first "*"
/// separately; its manual says otherwise.
bool is_documented(const std::string& line) {
  for (std::size_t at = line.find("**"); at != std::string::npos; at = line.find("**", at + 1)) {
    const bool is_part_begin = at == 0 || line[at - 1] == '/' || line[at - 1] == '!';
    if (!is_part_begin) return false;
  }
  return true;
}

std::string random_path(Random& random) {
  constexpr std::array<std::string_view, 9> kNames{
      "a", "b", "ab", "ba", "c", "abc", "a.yaml", "b.yaml", "x y"};
  std::string path;
  for (auto n = random() % 4; n > 0; --n) path += std::string(one_of(kNames, random)) + "/";
  return path + std::string(one_of(kNames, random));
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::set<std::string> read_lines(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::set<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.insert(line);
  return lines;
}

class IgnoreProperty : public testing::TestWithParam<unsigned> {
 protected:
  /// The paths that git ignores in a repository with these lines as .gitignore.
  std::set<std::string> ignored_by_git(const std::string& rules, const std::string& paths) const {
    const std::string root = folder_.path().string();
    write(folder_.path() / ".gitignore", rules);
    write(folder_.path() / "asked", paths);
    const std::string call = "cd '" + root +
                             "' && { test -d .git || git init -q .; } && git -c core.quotePath=off"
                             " check-ignore --no-index --stdin < asked > answered";
    const int status = std::system(call.c_str());  // NOLINT(concurrency-mt-unsafe)
    EXPECT_TRUE(status == 0 || status == 256) << status;
    return read_lines(folder_.path() / "answered");
  }

  test::TempFolder folder_;
};

TEST_P(IgnoreProperty, AgreesWithGit) {
  Random random(GetParam());
  for (int round = 0; round < 15; ++round) {
    std::string rules;
    for (auto n = 1 + random() % 4; n > 0; --n) {
      const std::string line = random_pattern(random);
      if (is_documented(line)) rules += line + "\n";
    }
    std::set<std::string> paths;
    for (int i = 0; i < 60; ++i) paths.insert(random_path(random));
    std::string asked;
    for (const std::string& path : paths) asked += path + "\n";
    const auto expected = ignored_by_git(rules, asked);
    auto ours = IgnoreRules::parse(rules);
    ASSERT_TRUE(ours);

    for (const std::string& path : paths) {
      const auto verdict = ours->ignores_file(path);
      ASSERT_TRUE(verdict);
      EXPECT_EQ(*verdict, expected.contains(path))
          << path << "\nseed " << GetParam() << ", rules:\n"
          << rules;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, IgnoreProperty, testing::Range(1U, 9U));

}  // namespace
}  // namespace authzd
