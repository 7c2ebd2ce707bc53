// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Compares the classification of a change with its effect on every request.

#include "reconciler/pattern/globs.hpp"
#include "reconciler/plan/risk.hpp"
#include "tests/property/plan/request_universe.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace authzd {
namespace {

using test::Permitted;
using test::Reading;
using Texts = std::vector<std::string>;

std::string any_of(const Texts& texts) {
  return *rc::gen::elementOf(texts);
}

Texts some_of(const Texts& texts) {
  Texts chosen;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) chosen.push_back(any_of(texts));
  return chosen;
}

/// The texts for equality, and for patterns.
struct Vocabulary {
  Texts literals;
  Texts globs;
};

const Vocabulary kKnown{{"x", "y", "xy"},
                        {"x", "xy", "x*", "*y", "*", "?", "x?", "?*", "*?", "??"}};
const Vocabulary kDoubtful{{"x", "*", "?", "x*"}, {"x", "*", "?", "?*"}};

Attribute any_attribute(const std::string& name, const Vocabulary& words) {
  switch (*rc::gen::inRange(0, 5)) {
    case 0: return {name, std::string(kStringEquals), any_of(words.literals)};
    case 1: return {name, std::string(kStringExists), *rc::gen::arbitrary<bool>()};
    case 2: return {name, std::string(kStringMatch), any_of(words.globs)};
    case 3: return {name, std::string(kStringEqualsAnyOf), some_of(words.literals)};
    default: return {name, std::string(kStringMatchAnyOf), some_of(words.globs)};
  }
}

PolicyContent any_policy(const Vocabulary& words) {
  PolicyContent policy;
  if (*rc::gen::arbitrary<bool>()) policy.subject.add(any_attribute("a", words));
  for (const char* name : {"a", "b"}) {
    if (*rc::gen::arbitrary<bool>()) policy.resource.add(any_attribute(name, words));
  }
  for (const char* role : {"R", "W"}) {
    if (*rc::gen::inRange(0, 4) > 0) policy.roles.insert(role);
  }
  return policy;
}

/// A slightly changed copy: two random policies are rarely one within the other.
PolicyContent near(const PolicyContent& policy, const Vocabulary& words) {
  PolicyContent other = policy;
  switch (*rc::gen::inRange(0, 4)) {
    case 0: other.subject = any_policy(words).subject; break;
    case 1: other.resource = any_policy(words).resource; break;
    case 2: other.roles = any_policy(words).roles; break;
    default: return any_policy(words);
  }
  return other;
}

RC_GTEST_PROP(RiskLaw, IsExactForEveryOperatorOfIam, ()) {
  const Texts texts = test::all_texts("xyz", 4);
  const PolicyContent before = any_policy(kKnown);
  const PolicyContent after = near(before, kKnown);
  const Permitted was(before, texts, {});
  const Permitted is(after, texts, {});

  const Effect effect = effect_of(before, after);

  RC_LOG() << "new: " << is.beyond(was) << "; gone: " << was.beyond(is) << "\n";
  RC_ASSERT(effect.widens == !is.beyond(was).empty());
  RC_ASSERT(effect.narrows == !was.beyond(is).empty());
  RC_TAG(std::string(to_string(to_risk(effect))));
}

RC_GTEST_PROP(RiskLaw, NeverCallsAWideningOrANarrowingByAnotherName, ()) {
  const Texts texts = test::all_texts("x*?z", 3);
  PolicyContent before = any_policy(kDoubtful);
  if (*rc::gen::arbitrary<bool>()) before.resource.add(any_attribute("a", kDoubtful));
  const PolicyContent after = near(before, kDoubtful);
  const Effect effect = effect_of(before, after);
  for (const bool star_is_wild : {false, true}) {
    for (const bool either : {false, true}) {
      const Permitted was(before, texts, {star_is_wild, either});
      const Permitted is(after, texts, {star_is_wild, either});
      if (!is.beyond(was).empty()) RC_ASSERT(effect.widens);
      if (!was.beyond(is).empty()) RC_ASSERT(effect.narrows);
    }
  }
}

RC_GTEST_PROP(GlobLaw, OneSetIsWithinAnotherExactlyWhereEveryTextSaysSo, ()) {
  const auto glob = rc::gen::container<std::string>(rc::gen::element('x', 'y', '*', '?'));
  const auto short_glob = rc::gen::resize(4, glob);
  const auto inner = *rc::gen::container<Texts>(*rc::gen::inRange<std::size_t>(1, 3), short_glob);
  const auto outer = *rc::gen::container<Texts>(*rc::gen::inRange<std::size_t>(1, 4), short_glob);
  const auto fits = [](const Texts& globs, const std::string& text) {
    return std::ranges::any_of(globs, [&](const auto& g) { return test::fits_glob(g, text); });
  };
  static const Texts texts = test::all_texts("xyz", 6);

  const bool is_within = std::ranges::all_of(
      texts, [&](const std::string& text) { return !fits(inner, text) || fits(outer, text); });

  RC_ASSERT(fits_within(inner, outer) == is_within);
  RC_TAG(is_within ? "within" : "beyond");
}

TEST(GlobLaw, IsSafeWhereNoAnswerIsFoundInTime) {
  const Texts tangled{"*x" + std::string(40, '?'), "*y" + std::string(40, '?')};
  const Texts all{"*"};

  EXPECT_TRUE(fits_within(tangled, all));
  EXPECT_TRUE(fits_within(tangled, tangled)) << "each stands in the other list, word for word";
  const Texts wider{"*x" + std::string(39, '?') + "*", "*y" + std::string(39, '?') + "*"};
  EXPECT_FALSE(fits_within(tangled, wider)) << "not seen to fit in, so said not to";
}

TEST(GlobLaw, IsSafeWhereHundredsOfGlobsStandSideBySide) {
  Texts globs;
  Texts wider;
  for (char c = '!'; c < '~'; ++c) {
    if (c == '*' || c == '?') continue;
    globs.push_back("*" + std::string(1, c) + "*" + std::string(30, '?'));
    wider.push_back("*" + std::string(1, c) + "*" + std::string(29, '?') + "*");
  }

  EXPECT_TRUE(fits_within(globs, globs));
  EXPECT_FALSE(fits_within(globs, wider)) << "the work is bounded, so no answer is found";
}

}  // namespace
}  // namespace authzd
