// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/label_selector.hpp"

#include "reconciler/model/params.hpp"

#include <gtest/gtest.h>

#include <array>

namespace authzd {
namespace {

bool chosen(std::string_view selector) {
  const AccountTraits::Texts labels{{"env", "prod"}, {"ring", "canary"}};
  const auto parsed = parse_label_selector(selector);
  EXPECT_TRUE(parsed) << selector;
  return parsed && fits(*parsed, labels);
}

TEST(LabelSelector, EachTermHasToFit) {
  EXPECT_TRUE(chosen("env=prod"));
  EXPECT_TRUE(chosen("env==prod"));
  EXPECT_TRUE(chosen(" env = prod , ring=canary"));
  EXPECT_FALSE(chosen("env=prod,ring=stable"));
  EXPECT_FALSE(chosen("team=storage"));
}

TEST(LabelSelector, AnAccountWithoutTheLabelDiffers) {
  EXPECT_TRUE(chosen("env!=test"));
  EXPECT_FALSE(chosen("env!=prod"));
  EXPECT_TRUE(chosen("team!=storage"));
}

TEST(LabelSelector, AKeyAloneAsksWhetherItIsThere) {
  EXPECT_TRUE(chosen("env,!team"));
  EXPECT_FALSE(chosen("team"));
  EXPECT_FALSE(chosen("!env"));
}

TEST(LabelSelector, SeveralOnesAreOne) {
  const std::array<std::string, 2> texts{"env=prod", "!ring"};
  const auto all = parse_label_selectors(texts);
  ASSERT_TRUE(all);
  EXPECT_EQ(*all, (LabelSelector{{"env", LabelRule::equals, "prod"}, {"ring", LabelRule::absent}}));
}

TEST(LabelSelector, AnythingElseIsRefusedWithTheForms) {
  for (const char* text :
       {"", ",", "env=prod,", "=prod", "!", "a b", "env=a b", "env=-", "a=b=c", "env in (prod)"}) {
    EXPECT_FALSE(parse_label_selector(text)) << text;
  }
}

TEST(Params, EscapingIsUndoneByExpanding) {
  const AccountTraits nobody;
  for (const char* text : {"", "$", "${", "$${", "$$${x}", "a ${params.kms} b", "$5 ${ $${ $"}) {
    EXPECT_EQ(expand_params(escape_params(text), &nobody, 100).text, text);
  }
}

TEST(Params, AValueIsNotExpandedAgain) {
  const AccountTraits traits{"a", {}, {{"x", "${params.y}"}, {"y", "no"}}};
  EXPECT_EQ(expand_params("<${params.x}>", &traits, 100).text, "<${params.y}>");
}

}  // namespace
}  // namespace authzd
