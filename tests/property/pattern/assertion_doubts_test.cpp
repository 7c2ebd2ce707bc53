// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The verdicts of assertions about several policies at once, some of which nobody can read for
// certain: compared, by brute force, with every access of a small world, under every reading of
// what is unknown about IAM. Mutations show that the law notices a wrong judge.
#include "reconciler/pattern/assertion_check.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::doubts {
namespace {

const AccountId kOwn{"0123456789abcdef0123456789abcdef"};

using Draw = std::function<int(int n)>;
using Value = std::optional<std::string>;

/// Patterns and policies use the first two letters; 'c' represents all other texts.
const std::vector<Value> kValues{
    std::nullopt, "a", "b", "c", "ab", "ac", "cb", "cc", "acb", "ccb", "*", "a*", "?"};
constexpr std::array<std::string_view, 3> kNames{
    "source.serviceName", "target.serviceName", "target.serviceInstance"};
const std::vector<std::string> kRoles{"Reader", "Writer"};
const std::vector<std::string> kGlobs{"a", "b", "a*", "*b", "?", "*", "a?"};
const std::vector<std::string> kDoubtful{"*", "a*", "?"};

/// Unknown behaviour of IAM.
struct Reading {
  bool star_is_wild = false;  // under equality
  bool twice_means_either = false;
  bool unknown_admits = false;  // an unknown operator, all values; else only one
  bool extras_narrow = false;   // to nothing
};

struct Access {
  std::array<Value, kNames.size()> values;
  std::string role;
};

struct World {
  Assertion assertion;
  std::vector<PolicyContent> policies;
};

bool fits_glob(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob[0] == '*') {
    return fits_glob(glob.substr(1), text) || (!text.empty() && fits_glob(glob, text.substr(1)));
  }
  return !text.empty() && (glob[0] == '?' || glob[0] == text[0]) &&
         fits_glob(glob.substr(1), text.substr(1));
}

bool admits(const Attribute& attribute, const Value& value, const Reading& reading) {
  if (attribute.op == "someOperator") return reading.unknown_admits || value == "c";
  if (const auto* exists = std::get_if<bool>(&attribute.value)) return *exists == value.has_value();
  if (!value) return false;
  const auto& text = std::get<std::string>(attribute.value);
  const bool is_glob = attribute.op == kStringMatch || reading.star_is_wild;
  return is_glob ? fits_glob(text, *value) : text == *value;
}

/// How IAM reads all attributes of one name.
bool side_admits(const AttributeSet& side,
                 std::string_view name,
                 const Value& value,
                 const Reading& reading) {
  std::size_t given = 0;
  std::size_t admitting = 0;
  for (const Attribute& attribute : side.items()) {
    if (attribute.name != name) continue;
    ++given;
    admitting += admits(attribute, value, reading) ? 1U : 0U;
  }
  return given == 0 || (reading.twice_means_either ? admitting > 0 : admitting == given);
}

bool permits(const PolicyContent& policy, const Access& access, const Reading& reading) {
  if (!policy.roles.contains(access.role)) return false;
  if (!policy.extras.empty() && reading.extras_narrow) return false;
  return side_admits(policy.subject, "serviceName", access.values[0], reading) &&
         side_admits(policy.resource, "serviceName", access.values[1], reading) &&
         side_admits(policy.resource, "serviceInstance", access.values[2], reading);
}

bool fits_side(const AccessPattern& pattern, const Access& access, std::string_view prefix) {
  return std::ranges::all_of(pattern.parts, [&](const auto& entry) {
    if (!entry.first.starts_with(prefix) || entry.second == "*") return true;
    const auto at = std::ranges::find(kNames, entry.first);
    const Value& value = access.values[static_cast<std::size_t>(at - kNames.begin())];
    return value && fits_glob(entry.second, *value);
  });
}

bool fits(const AccessPattern& pattern, const Access& access) {
  const auto& roles = pattern.roles;
  const bool has_role = roles.empty() || std::ranges::find(roles, access.role) != roles.end();
  return has_role && fits_side(pattern, access, "source.") && fits_side(pattern, access, "target.");
}

const std::vector<Access>& all_accesses() {
  static const std::vector<Access> kAll = [] {
    std::vector<Access> all;
    for (const Value& source : kValues) {
      for (const Value& target : kValues) {
        for (const Value& thing : kValues) {
          for (const std::string& role : kRoles) all.push_back({{source, target, thing}, role});
        }
      }
    }
    return all;
  }();
  return kAll;
}

/// Whether an access that a policy permits contradicts the assertion, or fits what it wants.
bool concerns(const World& world, const PolicyContent& policy, const Reading& reading) {
  const Assertion& assertion = world.assertion;
  return std::ranges::any_of(all_accesses(), [&](const Access& access) {
    if (!permits(policy, access, reading)) return false;
    if (!assertion.never.empty()) return fits(assertion.never[0], access);
    if (!assertion.always.empty()) return fits(assertion.always[0], access);
    const auto has_target = [&](const auto& each) { return fits_side(each, access, "target."); };
    const auto has_all = [&](const auto& each) { return fits(each, access); };
    return std::ranges::any_of(assertion.only, has_target) &&
           std::ranges::none_of(assertion.only, has_all);
  });
}

/// What is true in every reading.
struct Truth {
  bool always_some = true;
  bool always_none = true;
};

Truth truth_of(const World& world) {
  Truth truth;
  for (unsigned bits = 0; bits < 16; ++bits) {
    const auto bit = [bits](unsigned n) { return (bits >> n & 1U) != 0; };
    const Reading reading{bit(0), bit(1), bit(2), bit(3)};
    const bool some = std::ranges::any_of(
        world.policies, [&](const auto& policy) { return concerns(world, policy, reading); });
    (some ? truth.always_none : truth.always_some) = false;
    if (!truth.always_none && !truth.always_some) break;
  }
  return truth;
}

/// "holds" and "violated" must be right in every reading.
bool is_true(const World& world, Verdict verdict, const Truth& truth) {
  if (verdict == Verdict::undecided) return true;
  const bool is_always = !world.assertion.always.empty();
  const bool wants_some = is_always == (verdict == Verdict::holds);
  return wants_some ? truth.always_some : truth.always_none;
}

using Judge = std::function<Verdict(World)>;

Verdict verdict_of(const World& world) {
  KnownRoleNames names;
  for (const std::string& role : kRoles) names.emplace(role, role);
  AssertionCheck check(world.assertion, kOwn);
  GlobWork work{1'000'000};
  for (const PolicyContent& policy : world.policies) {
    check.see(access_of(policy, names), {}, policy, work);
  }
  return std::move(check).finish(Sight::whole).verdict;
}

const std::string& one_of(const Draw& draw, const std::vector<std::string>& list) {
  return list[static_cast<std::size_t>(draw(static_cast<int>(list.size())))];
}

Attribute any_attribute(const Draw& draw, const std::string& name) {
  switch (draw(7)) {
    case 0: return {name, std::string(kStringExists), draw(2) == 0};
    case 1: return {name, std::string(kStringMatch), one_of(draw, kGlobs)};
    case 2: return {name, std::string(kStringEquals), one_of(draw, kDoubtful)};
    case 3: return {name, "someOperator", "a"};
    default: return {name, std::string(kStringEquals), draw(2) == 0 ? "a" : "b"};
  }
}

PolicyContent any_policy(const Draw& draw) {
  PolicyContent policy;
  const auto add = [&draw](AttributeSet& side, const std::string& name, int out_of) {
    if (draw(out_of) > 0) side.add(any_attribute(draw, name));
    if (draw(8) == 0) side.add(any_attribute(draw, name));
  };
  add(policy.subject, "serviceName", 3);
  add(policy.resource, "serviceName", 4);
  add(policy.resource, "serviceInstance", 2);
  for (const std::string& role : kRoles) {
    if (draw(3) > 0) policy.roles.insert(role);
  }
  if (draw(6) == 0) policy.extras["rule"] = "{}";
  return policy;
}

AccessPattern any_pattern(const Draw& draw) {
  AccessPattern pattern;
  for (const std::string_view name : kNames) {
    if (draw(3) > 0) pattern.parts.emplace(name, one_of(draw, kGlobs));
  }
  if (draw(2) == 0) pattern.roles.push_back(one_of(draw, kRoles));
  return pattern;
}

World any_world(const Draw& draw) {
  World world;
  for (int i = 1 + draw(3); i > 0; --i) world.policies.push_back(any_policy(draw));
  switch (draw(3)) {
    case 0: world.assertion.never = {any_pattern(draw)}; break;
    case 1: world.assertion.always = {any_pattern(draw)}; break;
    default:
      for (int i = 1 + draw(2); i > 0; --i) world.assertion.only.push_back(any_pattern(draw));
  }
  return world;
}

RC_GTEST_PROP(AssertionDoubts, AreUndecidedAndEverythingElseIsTrueInEveryReading, ()) {
  const World world = any_world([](int n) { return *rc::gen::inRange(0, n); });

  const Verdict verdict = verdict_of(world);

  RC_ASSERT(is_true(world, verdict, truth_of(world)));
  RC_TAG(std::string(to_string(verdict)));
}

struct Tried {
  World world;
  Truth truth;
};

/// The same worlds for every judge.
const std::vector<Tried>& tried_worlds() {
  static const std::vector<Tried> kWorlds = [] {
    constexpr unsigned kCount = 400;
    std::vector<Tried> worlds;
    for (unsigned seed = 0; seed < kCount; ++seed) {
      std::mt19937 random(seed);
      World world = any_world(
          [&random](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); });
      const Truth truth = truth_of(world);
      worlds.push_back({std::move(world), truth});
    }
    return worlds;
  }();
  return kWorlds;
}

bool is_refuted(const Judge& judge) {
  return std::ranges::any_of(tried_worlds(), [&judge](const Tried& tried) {
    return !is_true(tried.world, judge(tried.world), tried.truth);
  });
}

/// The judge, after a change of what it sees of each policy.
Judge seeing(const std::function<void(PolicyContent&)>& change) {
  return [change](World world) {
    for (PolicyContent& policy : world.policies) change(policy);
    return verdict_of(world);
  };
}

/// Each attribute, as it is after `change`; none: it is not seen.
Judge seeing_attributes(const std::function<std::optional<Attribute>(Attribute)>& change) {
  return seeing([change](PolicyContent& policy) {
    for (AttributeSet* side : {&policy.subject, &policy.resource}) {
      std::vector<Attribute> seen;
      for (const Attribute& attribute : side->items()) {
        if (auto changed = change(attribute)) seen.push_back(std::move(*changed));
      }
      *side = AttributeSet(std::move(seen));
    }
  });
}

struct Mutation {
  std::string name;
  Judge judge;
};

/// Each is a judge that a hasty author could have written.
std::vector<Mutation> mutations() {
  const auto counting_doubts_as = [](Verdict counts_as) -> Judge {
    return [counts_as](const World& world) {
      const Verdict verdict = verdict_of(world);
      return verdict == Verdict::undecided ? counts_as : verdict;
    };
  };
  return {
      {"a doubt counts as holds", counting_doubts_as(Verdict::holds)},
      {"a doubt counts as violated", counting_doubts_as(Verdict::violated)},
      {"one policy is enough",
       [](World world) {
         world.policies.resize(1);
         return verdict_of(world);
       }},
      {"a rule is not seen", seeing([](PolicyContent& policy) { policy.extras.clear(); })},
      {"roles are not seen", seeing([](PolicyContent& policy) { policy.roles = {"Reader"}; })},
      {"an unknown operator admits all", seeing_attributes([](Attribute one) {
         return one.op == "someOperator" ? std::nullopt : std::optional(one);
       })},
      {"a star is wild under equality", seeing_attributes([](Attribute one) {
         const auto* text = std::get_if<std::string>(&one.value);
         if (text != nullptr && one.op == kStringEquals) one.op = kStringMatch;
         return std::optional(one);
       })},
      {"presence is not asked for", seeing_attributes([](Attribute one) {
         return one.op == kStringExists ? std::nullopt : std::optional(one);
       })},
  };
}

TEST(AssertionDoubts, NoticeEachMutation) {
  EXPECT_FALSE(is_refuted(verdict_of));
  for (const Mutation& mutation : mutations()) {
    EXPECT_TRUE(is_refuted(mutation.judge)) << mutation.name;
  }
}

}  // namespace
}  // namespace authzd::doubts
