// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// .authzdignore: the patterns of gitignore(5). A property test compares them with git's own.
#include "reconciler/manifest/ignore_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;

struct Case {
  std::string name;
  std::string rules;
  std::string path;
  bool is_ignored;
};

class IgnoreRulesTest : public testing::TestWithParam<Case> {};

TEST_P(IgnoreRulesTest, SaysWhetherAFileIsIgnored) {
  auto rules = IgnoreRules::parse(GetParam().rules);
  ASSERT_TRUE(rules);

  const auto verdict = rules->ignores_file(GetParam().path);

  ASSERT_TRUE(verdict);
  EXPECT_EQ(*verdict, GetParam().is_ignored) << GetParam().rules;
}

const std::vector<Case> kCases{
    {"name_at_the_top", "kustomization.yaml", "kustomization.yaml", true},
    {"name_anywhere", "kustomization.yaml", "prod/eu/kustomization.yaml", true},
    {"another_name", "kustomization.yaml", "a-kustomization.yaml", false},
    {"case_counts", "Values.yaml", "values.yaml", false},
    {"anchored", "/values.yaml", "values.yaml", true},
    {"anchored_is_not_below", "/values.yaml", "chart/values.yaml", false},
    {"slash_in_the_middle_anchors", "chart/values.yaml", "a/chart/values.yaml", false},
    {"folder", "vendor/", "vendor/a.yaml", true},
    {"folder_anywhere", "vendor/", "a/vendor/b/c.yaml", true},
    {"folder_is_no_file", "vendor.yaml/", "vendor.yaml", false},
    {"folder_without_slash", "vendor", "vendor/a.yaml", true},
    {"star", "*.tmpl.yaml", "a/b.tmpl.yaml", true},
    {"star_of_nothing", "a*.yaml", "a.yaml", true},
    {"star_stops_at_a_slash", "a/*.yaml", "a/b/c.yaml", false},
    {"question_mark", "a?.yaml", "ab.yaml", true},
    {"question_mark_is_one", "a?.yaml", "a.yaml", false},
    {"range", "a[0-9].yaml", "a7.yaml", true},
    {"range_without", "a[!0-9].yaml", "a7.yaml", false},
    {"range_of_a_class", "a[[:digit:]x].yaml", "a7.yaml", true},
    {"range_unclosed_fits_nothing", "a[0-9.yaml", "a[0-9.yaml", false},
    {"any_folders_in_front", "**/values.yaml", "a/b/values.yaml", true},
    {"any_folders_may_be_none", "a/**/values.yaml", "a/values.yaml", true},
    {"any_folders_between", "a/**/values.yaml", "a/b/c/values.yaml", true},
    {"all_below", "charts/**", "charts/a/b.yaml", true},
    {"all_below_is_not_beside", "charts/**", "charts.yaml", false},
    {"everything", "*", "a/b.yaml", true},
    {"taken_back", "*.yaml\n!a.yaml", "a.yaml", false},
    {"last_line_wins", "!a.yaml\n*.yaml", "a.yaml", true},
    {"not_taken_back_below_a_folder", "vendor/\n!vendor/a.yaml", "vendor/a.yaml", true},
    {"taken_back_beside_a_folder", "vendor/*\n!vendor/a.yaml", "vendor/a.yaml", false},
    {"comment", "# a.yaml", "# a.yaml", false},
    {"comment_escaped", "\\#a.yaml", "#a.yaml", true},
    {"negation_escaped", "\\!a.yaml", "!a.yaml", true},
    {"star_escaped", "a\\*.yaml", "ab.yaml", false},
    {"blank_lines", "\n\n  \n", "a.yaml", false},
    {"spaces_behind", "a.yaml   ", "a.yaml", true},
    {"windows_line_ends", "a.yaml\r\nb.yaml\r\n", "a.yaml", true},
    {"byte_order_mark", "\xEF\xBB\xBF/a.yaml", "a.yaml", true},
    {"slash_alone", "/", "a.yaml", false},
    {"empty", "", "a.yaml", false},
};

INSTANTIATE_TEST_SUITE_P(Patterns, IgnoreRulesTest, testing::ValuesIn(kCases), [](const auto& one) {
  return one.param.name;
});

TEST(IgnoreRules, RefuseMoreWorkThanSensiblePatternsTake) {
  std::string line = "*";
  for (int i = 0; i < 500; ++i) line += "a*";
  std::string text;
  for (int i = 0; i < 60; ++i) text += line + "b\n";
  auto rules = IgnoreRules::parse(text);
  ASSERT_TRUE(rules);

  Result<bool> verdict(false);
  for (int i = 0; verdict && i < 20'000; ++i) {
    verdict = rules->ignores_file(std::string(200, 'a') + std::to_string(i) + ".yaml");
  }

  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::invalid_manifest);
  EXPECT_THAT(verdict.error().message, HasSubstr("use fewer and simpler ones"));
}

TEST(IgnoreRules, TakeThousandsOfFilesWithOrdinaryPatterns) {
  auto rules = IgnoreRules::parse(
      "*.tmpl.yaml\nkustomization.yaml\ncharts/\n**/values*.yaml\n/docs/**\n!keep.yaml\n");
  ASSERT_TRUE(rules);
  for (int i = 0; i < 20'000; ++i) {
    const std::string n = std::to_string(i);

    const auto verdict = rules->ignores_file("team-" + n + "/production/eu-de/keys-" + n + ".yaml");

    ASSERT_TRUE(verdict) << to_string(verdict.error());
    ASSERT_FALSE(*verdict);
  }
}

TEST(IgnoreRules, RefuseAFileThatIsTooLarge) {
  EXPECT_FALSE(IgnoreRules::parse(std::string(kMostIgnoreBytes + 1, 'a')));
  EXPECT_TRUE(IgnoreRules::parse(std::string(kMostIgnoreBytes, 'a')));
}

}  // namespace
}  // namespace authzd
