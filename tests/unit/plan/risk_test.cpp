// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/risk.hpp"

#include "reconciler/pattern/globs.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

PolicyContent content(AttributeSet resource, RoleSet roles = {"Reader"}) {
  PolicyContent result;
  result.resource = std::move(resource);
  result.roles = std::move(roles);
  return result;
}

Attribute region(std::string_view op, AttributeValue value) {
  return {"region", std::string(op), std::move(value)};
}

using List = std::vector<std::string>;

TEST(Risk, SeesWhatIsAddedAndTakenAway) {
  const PolicyContent one = content({});
  EXPECT_EQ(classify(std::nullopt, one), Risk::widening);
  EXPECT_EQ(classify(one, std::nullopt), Risk::narrowing);
  EXPECT_EQ(classify(one, one), Risk::neutral);
  EXPECT_EQ(classify(one, content({}, {"Reader", "Writer"})), Risk::widening);
  EXPECT_EQ(effect_of(one, content({}, {"Writer"})), (Effect{true, true}));
  EXPECT_EQ(classify(content({region(kStringEquals, "eu")}), one), Risk::widening);
}

TEST(Risk, IsToldAsBothWhereARoleGoesForAnother) {
  Action action;
  action.before = content({});
  action.after = content({}, {"Writer"});
  action.risk = classify(action.before, action.after);
  EXPECT_EQ(risk_text(action), "widening and narrowing");

  action.after = content({}, {"Reader", "Writer"});
  action.risk = classify(action.before, action.after);
  EXPECT_EQ(risk_text(action), "widening");
}

TEST(Risk, TakesARuleThatItDoesNotKnowForBoth) {
  PolicyContent ruled = content({});
  ruled.extras["rule"] = "{}";
  EXPECT_EQ(effect_of(ruled, content({})), (Effect{true, true}));
}

TEST(Risk, OrdersTheOperators) {
  struct Pair {
    Attribute narrow;
    Attribute wide;
  };
  const std::vector<Pair> pairs = {
      {region(kStringEquals, "eu-de"), region(kStringMatch, "eu-*")},
      {region(kStringEquals, "eu-de"), region(kStringEqualsAnyOf, List{"eu-de", "us"})},
      {region(kStringEquals, "eu-de"), region(kStringExists, true)},
      {region(kStringEqualsAnyOf, List{"a1", "a2"}), region(kStringMatch, "a?")},
      {region(kStringMatch, "eu-d*"), region(kStringMatchAnyOf, List{"eu-*", "us-*"})},
      {region(kStringMatch, "?*"), region(kStringExists, true)},
      {region(kStringMatch, "eu-?*"), region(kStringMatchAnyOf, List{"eu", "eu-*"})},
  };
  for (const Pair& pair : pairs) {
    const auto narrow = content({pair.narrow});
    const auto wide = content({pair.wide});
    EXPECT_EQ(effect_of(narrow, wide), (Effect{true, false})) << to_string(pair.wide);
    EXPECT_EQ(effect_of(wide, narrow), (Effect{false, true})) << to_string(pair.wide);
  }
}

TEST(Risk, KnowsEqualSetsInDifferentWords) {
  EXPECT_EQ(classify(content({region(kStringExists, true)}), content({region(kStringMatch, "*")})),
            Risk::neutral);
  EXPECT_EQ(classify(content({region(kStringExists, true)}),
                     content({region(kStringMatchAnyOf, List{"", "?", "?*?"})})),
            Risk::neutral);
  EXPECT_EQ(
      effect_of(content({region(kStringExists, true)}), content({region(kStringExists, false)})),
      (Effect{true, true}));
}

TEST(Risk, KnowsHowLongListsDiffer) {
  List all;
  for (int i = 0; i < 1'000; ++i) all.push_back("volume-" + std::to_string(i));
  const List most(all.begin() + 1, all.end());

  EXPECT_EQ(effect_of(content({region(kStringEqualsAnyOf, all)}),
                      content({region(kStringEqualsAnyOf, most)})),
            (Effect{false, true}));
}

TEST(Risk, SeesTheSourceAsItSeesTheTarget) {
  PolicyContent one = content({});
  one.subject = {region(kStringEquals, "eu")};
  EXPECT_EQ(effect_of(one, content({})), (Effect{true, false}));
  EXPECT_EQ(effect_of(content({}), one), (Effect{false, true}));
}

TEST(Risk, SaysBothWhereNobodyKnowsWhatIamDoes) {
  const PolicyContent any = content({});
  const PolicyContent twice = content({region(kStringEquals, "a"), region(kStringEquals, "b")});
  EXPECT_EQ(effect_of(any, twice), (Effect{true, true})) << "both of them, or either?";
  EXPECT_EQ(effect_of(twice, twice), (Effect{false, false}));

  const PolicyContent one_letter = content({region(kStringMatch, "?")});
  EXPECT_EQ(effect_of(one_letter, content({region(kStringEquals, "\u00e9")})), (Effect{true, true}))
      << "is a letter beyond ASCII one character?";

  EXPECT_EQ(
      effect_of(content({region("stringStartsWith", "e")}), content({region(kStringEquals, "eu")})),
      (Effect{true, true}));
}

TEST(Risk, TakesARuleThatStaysForARuleThatItDoesNotKnow) {
  PolicyContent before = content({});
  before.extras["control"] = R"({"deny":{}})";
  PolicyContent after = before;
  after.description = "other words";
  EXPECT_EQ(effect_of(before, after), (Effect{false, false}));
  after.roles.insert("Writer");
  EXPECT_EQ(effect_of(before, after), (Effect{true, true}));
}

/// An author may give a document any number of attributes.
TEST(Risk, ComparesAllPatternsOfTwoPoliciesWithOneAmountOfWork) {
  AttributeSet narrow;
  AttributeSet wide;
  for (int i = 0; i < 50; ++i) {
    const std::string name = "x" + std::to_string(i);
    narrow.add({name, std::string(kStringMatch), "*xa" + std::string(6, '?')});
    wide.add({name, std::string(kStringMatch), "*a" + std::string(6, '?')});
  }
  GlobWork enough{10'000'000};
  EXPECT_TRUE(permits_all_of(content(wide), content(narrow), enough));

  GlobWork work;
  EXPECT_FALSE(permits_all_of(content(wide), content(narrow), work)) << "no answer was found";
  EXPECT_EQ(work.left, 0U);

  narrow.add({"zz", std::string(kStringEquals), "one"});
  wide.add({"zz", std::string(kStringEquals), "two"});
  GlobWork untouched;
  EXPECT_FALSE(permits_all_of(content(wide), content(narrow), untouched));
  EXPECT_GT(untouched.left, GlobWork{}.left / 2) << "what is cheap told the two apart";
}

TEST(Risk, DoesNotGuessWhatAStarMeansUnderStringEquals) {
  EXPECT_EQ(effect_of(content({region(kStringEquals, "*")}), content({region(kStringEquals, "a")})),
            (Effect{true, true}));
}

}  // namespace
}  // namespace authzd
