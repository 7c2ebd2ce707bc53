// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/pattern/access_relation.hpp"

#include "reconciler/model/attribute.hpp"
#include "reconciler/model/value_forms.hpp"
#include "reconciler/pattern/policy_pattern.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

constexpr std::string_view kServiceName = "serviceName";
constexpr std::string_view kAccountId = "accountId";
constexpr std::string_view kResourceType = "resourceType";

/// Attributes that many resources share, so that one resource may have two of them. Any other
/// attribute names one resource, whose other attributes are fixed, but unknown here.
constexpr std::array<std::string_view, 5> kKinds{
    kServiceName, kAccountId, kResourceType, "region", "resourceGroupId"};

bool is_kind(std::string_view name) {
  return std::ranges::find(kKinds, name) != kKinds.end();
}

bool speaks_of(const SidePattern& pattern, std::string_view name) {
  return std::ranges::any_of(pattern, [name](const auto& entry) { return entry.first == name; });
}

/// What one of the two names and the other does not.
struct Beyond {
  bool any = false;
  bool service = false;
  bool type = false;
  bool thing = false;  // a single resource

  void add(std::string_view name) {
    any = true;
    service = service || name == kServiceName;
    type = type || name == kResourceType;
    thing = thing || !is_kind(name);
  }
};

/// Each names what the other leaves open: whether a resource matches both may be fixed, but is
/// unknown. A resource group contains any service; a type belongs to few services.
bool may_miss(const Beyond& of_pattern, const Beyond& of_side) {
  if (!of_pattern.any || !of_side.any) return false;
  if (of_pattern.thing || of_side.thing) return true;
  return (of_pattern.service && of_side.type) || (of_pattern.type && of_side.service);
}

/// Whether both must match, or either, is unknown; both together may admit nothing.
bool is_given_twice(const AttributeSet& side) {
  const auto& items = side.items();
  return std::ranges::adjacent_find(items, {}, &Attribute::name) != items.end();
}

bool limits(const Attribute& attribute, const AccountId& own) {
  if (attribute.name == kAccountId) return attribute.value != AttributeValue(own.value);
  const bool must_be_absent =
      attribute.op == kStringExists && attribute.value == AttributeValue(false);
  return must_be_absent || !is_clear(attribute) || is_limited(AttributeSet{attribute});
}

class SideJudge {
 public:
  SideJudge(const AttributeSet& side, const SidePattern& pattern, GlobWork& work)
      : side_(side), pattern_(pattern), work_(work) {}

  SideRelation judge(const AccountId& own) {
    for (const auto& [name, glob] : pattern_) {
      if (!meets(name, glob)) return {};
    }
    if (is_given_twice(side_)) relation_.meets = Answer::maybe;
    for (const Attribute& attribute : side_.items()) {
      if (speaks_of(pattern_, attribute.name) || !limits(attribute, own)) continue;
      relation_.covers = false;
      of_side_.add(attribute.name);
    }
    if (may_miss(of_pattern_, of_side_)) relation_.meets = Answer::maybe;
    return relation_;
  }

 private:
  /// False: no value is in both.
  bool meets(std::string_view name, std::string_view glob) {
    std::size_t found = 0;
    std::size_t missing = 0;
    for (const Attribute& attribute : side_.items()) {
      if (attribute.name != name) continue;
      ++found;
      const ValueRelation value = relate(attribute, glob, work_);
      const bool clear = is_clear(attribute);
      if (!value.meets && clear) ++missing;
      relation_.within = relation_.within && value.within && clear;
      relation_.covers = relation_.covers && value.covers && clear;
      if (!value.certain || !clear) relation_.meets = Answer::maybe;
    }
    if (found > 0) return missing < found;
    relation_.within = false;
    of_pattern_.add(name);
    return true;
  }

  const AttributeSet& side_;
  const SidePattern& pattern_;
  GlobWork& work_;
  SideRelation relation_{Answer::yes, true, true};
  Beyond of_pattern_;
  Beyond of_side_;
};

RoleWords words_of(const std::string& crn, const KnownRoleNames& names) {
  const auto found = names.find(crn);
  if (found != names.end()) return {crn, found->second};
  if (is_delegator(crn)) return {crn, std::string(kAuthorizationDelegator)};
  return {crn, {}};
}

}  // namespace

bool is_clear(const Attribute& attribute) {
  constexpr std::array<std::string_view, 5> kKnown{
      kStringEquals, kStringExists, kStringMatch, kStringEqualsAnyOf, kStringMatchAnyOf};
  if (std::ranges::find(kKnown, attribute.op) == kKnown.end()) return false;
  if (attribute.op != kStringEquals && attribute.op != kStringEqualsAnyOf) return true;
  if (const auto* one = std::get_if<std::string>(&attribute.value)) return !has_wildcard(*one);
  const auto* many = std::get_if<std::vector<std::string>>(&attribute.value);
  return many == nullptr || std::ranges::none_of(*many, has_wildcard);
}

Access access_of(const Grant& grant) {
  Access access{&grant.subject, &grant.resource, {}, false};
  for (const std::string& role : grant.roles) {
    access.roles.push_back(is_crn(role) ? words_of(role, {}) : RoleWords{{}, role});
  }
  return access;
}

Access access_of(const PolicyContent& content, const KnownRoleNames& names) {
  Access access{&content.subject, &content.resource, {}, !content.extras.empty()};
  for (const std::string& crn : content.roles) access.roles.push_back(words_of(crn, names));
  return access;
}

SidePattern side_of(const PolicyPattern& pattern, std::string_view prefix) {
  SidePattern side;
  for (const auto& [name, glob] : pattern) {
    const std::string_view whole = name;
    if (!whole.starts_with(prefix) || glob == "*") continue;
    side.emplace_back(whole.substr(prefix.size()), glob);
  }
  return side;
}

SideRelation relate_side(const AttributeSet& side,
                         const SidePattern& pattern,
                         const AccountId& own,
                         GlobWork& work) {
  return SideJudge(side, pattern, work).judge(own);
}

Answer role_fits(const RoleWords& role, std::string_view glob) {
  if (glob == "*") return Answer::yes;
  const std::string& word = is_crn(glob) ? role.crn : role.name;
  if (word.empty()) return Answer::maybe;
  return may_overlap(glob, word) ? Answer::yes : Answer::no;
}

Answer role_fits_any(const RoleWords& role, const std::vector<std::string>& globs) {
  if (globs.empty()) return Answer::yes;
  Answer best = Answer::no;
  for (const std::string& glob : globs) best = std::max(best, role_fits(role, glob));
  return best;
}

}  // namespace authzd
