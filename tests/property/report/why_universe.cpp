// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/report/why_universe.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

namespace authzd::test {
namespace {

using Value = std::optional<std::string>;  // of an attribute of an access; none: absent

/// Policies and questions use two letters; 'c' represents all other texts.
const std::vector<std::string> kWords{"a", "b", "ab"};
const std::vector<std::string> kGlobs{"a", "a*", "*b", "?", "*", "?b"};
const std::vector<std::string> kDoubtful{"*", "a*", "?"};
const std::array<std::string, 2> kOpen{"serviceInstance", "region"};  // that a question may leave
const std::vector<std::string> kRoleNames{"Reader", "Writer", "Manager", "Viewer", "Special"};

/// Unknown behaviour of IAM.
struct Reading {
  bool star_is_wild = false;  // under equality
  bool twice_means_either = false;
  bool higher_includes = false;  // a higher step has the actions of a lower one
  bool others_include = false;   // any other role has those of the one asked for
  bool extras_narrow = false;    // to nothing
  bool unknown_admits = false;   // an unknown operator
  bool unnamed_is_home = false;  // a source without an account is of the own one alone
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
  if (attribute.op == "someOperator") return reading.unknown_admits;
  if (const auto* exists = std::get_if<bool>(&attribute.value)) return *exists == value.has_value();
  if (!value) return false;
  std::vector<std::string> texts;
  if (const auto* one = std::get_if<std::string>(&attribute.value)) texts = {*one};
  if (const auto* many = std::get_if<std::vector<std::string>>(&attribute.value)) texts = *many;
  const bool is_glob =
      attribute.op == kStringMatch || attribute.op == kStringMatchAnyOf || reading.star_is_wild;
  return std::ranges::any_of(texts, [&](const std::string& text) {
    return is_glob ? fits_glob(text, *value) : text == *value;
  });
}

using Access = std::map<std::string, Value>;  // of one side, by attribute

bool side_permits(const AttributeSet& side, const Access& access, const Reading& reading) {
  std::set<std::string> names;
  for (const Attribute& attribute : side.items()) names.insert(attribute.name);
  return std::ranges::all_of(names, [&](const std::string& name) {
    const Value value = access.at(name);
    const auto is_given = [&](const Attribute& one) {
      return one.name != name || admits(one, value, reading);
    };
    if (!reading.twice_means_either) return std::ranges::all_of(side.items(), is_given);
    return std::ranges::any_of(side.items(), [&](const Attribute& one) {
      return one.name == name && admits(one, value, reading);
    });
  });
}

bool gives(const std::string& role, const std::string& asked, const Reading& reading) {
  if (role == asked) return true;
  const std::vector<std::string> steps{"Reader", "Writer", "Manager"};
  const auto has = std::ranges::find(steps, role);
  const auto wants = std::ranges::find(steps, asked);
  if (has != steps.end() && wants != steps.end()) return has > wants && reading.higher_includes;
  return reading.others_include;
}

bool has_role(const RoleSet& roles, const std::string& asked, const Reading& reading) {
  if (asked.empty()) return !roles.empty();
  return std::ranges::any_of(roles,
                             [&](const std::string& role) { return gives(role, asked, reading); });
}

/// One of each kind of text that the words and globs tell apart, and an absent value.
const std::vector<Value> kValues{std::nullopt, "a", "b", "c", "ab", "cb", "ac", "cc", "acb", "ccb"};

/// Every access to or from one side that the question means.
std::vector<Access> accesses(const AttributeSet& known) {
  std::vector<Access> all{{}};
  for (const Attribute& attribute : known.items()) {
    all.front()[attribute.name] = std::get<std::string>(attribute.value);
  }
  for (const std::string& name : kOpen) {
    if (known.find(name) != nullptr) continue;
    std::vector<Access> more;
    for (const Access& access : all) {
      for (const Value& value : kValues) more.emplace_back(access)[name] = value;
    }
    all = std::move(more);
  }
  return all;
}

/// For each access of one side, the policies that admit it, a bit each; every such set once.
std::set<unsigned> admitting(const WhyWorld& world, bool is_source, const Reading& reading) {
  std::set<unsigned> sets;
  for (const Access& access : accesses(is_source ? world.question.source : world.question.target)) {
    unsigned set = 0;
    for (std::size_t i = 0; i < world.policies.size(); ++i) {
      const PolicyContent& content = world.policies[i].content;
      const AttributeSet& side = is_source ? content.subject : content.resource;
      const bool is_unnamed = is_source && side.find("accountId") == nullptr;
      const bool is_away =
          is_unnamed && reading.unnamed_is_home && access.at("accountId") != kHome.value;
      if (!is_away && side_permits(side, access, reading)) set |= 1U << i;
    }
    sets.insert(set);
  }
  return sets;
}

unsigned able(const WhyWorld& world, const Reading& reading) {
  unsigned set = 0;
  for (std::size_t i = 0; i < world.policies.size(); ++i) {
    const PolicyContent& content = world.policies[i].content;
    const bool is_void = !content.extras.empty() && reading.extras_narrow;
    if (!is_void && has_role(content.roles, world.question.role, reading)) set |= 1U << i;
  }
  return set;
}

const std::string& one_of(const Draw& draw, const std::vector<std::string>& list) {
  return list[static_cast<std::size_t>(draw(static_cast<int>(list.size())))];
}

Attribute any_attribute(const Draw& draw, const std::string& name, WorldKind kind) {
  switch (draw(kind == WorldKind::plain ? 6 : 8)) {
    case 0: return {name, std::string(kStringExists), draw(2) == 0};
    case 1: return {name, std::string(kStringMatch), one_of(draw, kGlobs)};
    case 2:
      return {name,
              std::string(kStringEqualsAnyOf),
              std::vector<std::string>{one_of(draw, kWords), one_of(draw, kWords)}};
    case 3:
      return {name,
              std::string(kStringMatchAnyOf),
              std::vector<std::string>{one_of(draw, kGlobs), one_of(draw, kGlobs)}};
    case 6: return {name, std::string(kStringEquals), one_of(draw, kDoubtful)};
    case 7: return {name, "someOperator", one_of(draw, kWords)};
    default: return {name, std::string(kStringEquals), one_of(draw, kWords)};
  }
}

/// Often just what the question names: two drawn at random hardly ever meet.
Attribute near_attribute(const Draw& draw,
                         const std::string& name,
                         const AttributeSet& known,
                         WorldKind kind) {
  const Attribute* named = known.find(name);
  return named != nullptr && draw(3) > 0 ? *named : any_attribute(draw, name, kind);
}

void add_attributes(const Draw& draw,
                    AttributeSet& side,
                    const AttributeSet& known,
                    WorldKind kind) {
  if (draw(4) > 0) side.add(near_attribute(draw, "serviceName", known, kind));
  for (const std::string& name : kOpen) {
    if (draw(3) == 0) side.add(near_attribute(draw, name, known, kind));
    if (kind == WorldKind::any && draw(8) == 0) side.add(any_attribute(draw, name, kind));
  }
}

Observed any_policy(const Draw& draw,
                    const std::string& id,
                    const WhyQuestion& question,
                    WorldKind kind) {
  Observed policy;
  policy.id = PolicyId{id};
  policy.content.resource.add({"accountId", std::string(kStringEquals), kHome.value});
  const bool is_named = kind == WorldKind::plain || draw(6) > 0;
  const bool is_home = kind == WorldKind::plain || draw(8) > 0;
  if (is_named) {
    policy.content.subject.add(
        {"accountId", std::string(kStringEquals), is_home ? kHome.value : kElsewhere.value});
  }
  add_attributes(draw, policy.content.subject, question.source, kind);
  add_attributes(draw, policy.content.resource, question.target, kind);
  const int roles = kind == WorldKind::plain ? 1 : draw(3);
  for (int i = 0; i < roles; ++i) {
    const bool is_asked = !question.role.empty() && draw(2) == 0;
    policy.content.roles.insert(is_asked ? question.role : one_of(draw, kRoleNames));
  }
  if (kind == WorldKind::any && draw(8) == 0) policy.content.extras["rule"] = "{}";
  return policy;
}

AttributeSet known_side(const Draw& draw, const AccountId& account) {
  AttributeSet side{{"accountId", std::string(kStringEquals), account.value},
                    {"serviceName", std::string(kStringEquals), one_of(draw, kWords)}};
  for (const std::string& name : kOpen) {
    if (draw(2) == 0) side.add({name, std::string(kStringEquals), one_of(draw, kWords)});
  }
  return side;
}

}  // namespace

WhyWorld any_world(const Draw& draw, WorldKind kind) {
  WhyWorld world;
  const bool is_home = kind == WorldKind::plain || draw(8) > 0;
  world.question.source = known_side(draw, is_home ? kHome : kElsewhere);
  world.question.target = known_side(draw, kHome);
  if (draw(3) > 0) world.question.role = one_of(draw, kRoleNames);
  const int count = kind == WorldKind::plain ? 1 : 1 + draw(3);
  for (int i = 0; i < count; ++i) {
    world.policies.push_back(any_policy(draw, "policy-" + std::to_string(i), world.question, kind));
  }
  if (kind == WorldKind::plain) {
    world.question.role = draw(3) > 0 ? "Manager" : "";
    world.policies.front().content.roles = {draw(2) > 0 ? "Manager" : "Reader"};
  }
  return world;
}

Truth truth_of(const WhyWorld& world) {
  Truth truth;
  constexpr unsigned kReadings = 1U << 4U;  // of attributes
  constexpr unsigned kOthers = 1U << 3U;    // of roles and rules
  for (unsigned bits = 0; bits < kReadings && (truth.all || truth.none); ++bits) {
    const auto bit = [bits](unsigned n) { return (bits >> n & 1U) != 0; };
    Reading reading{.star_is_wild = bit(0),
                    .twice_means_either = bit(1),
                    .unknown_admits = bit(2),
                    .unnamed_is_home = bit(3)};
    const auto sources = admitting(world, true, reading);
    const auto targets = admitting(world, false, reading);
    for (unsigned other = 0; other < kOthers; ++other) {
      reading.higher_includes = (other & 1U) != 0;
      reading.others_include = (other & 2U) != 0;
      reading.extras_narrow = (other & 4U) != 0;
      const unsigned policies = able(world, reading);
      for (const unsigned source : sources) {
        for (const unsigned target : targets) {
          ((source & target & policies) != 0 ? truth.none : truth.all) = false;
        }
      }
    }
  }
  return truth;
}

WhyAnswer answer_to(const WhyWorld& world) {
  const RoleNames names;
  const OwnerOf owner = [](const Observed&, const Description&) { return PolicyOwner::unmanaged; };
  return why(world.question, {kHome, "home", world.policies, &names, &owner, nullptr}).answer;
}

std::string to_string(const WhyWorld& world) {
  std::string text = question_text(world.question, kHome, {}) + "\n";
  for (const Observed& policy : world.policies) {
    text += "  " + grant_text(policy.content, kHome, {}) +
            (policy.content.extras.empty() ? "\n" : ", with a rule\n");
  }
  return text;
}

}  // namespace authzd::test
