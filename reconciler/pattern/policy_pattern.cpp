// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/pattern/policy_pattern.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace authzd {
namespace {

constexpr std::string_view kServiceAttribute = "serviceName";
constexpr std::string_view kAccountAttribute = "accountId";

/// "!0123…": the excluded account; empty for any other glob.
std::string_view account_left_out(std::string_view name, std::string_view glob) {
  return name == kAccountAttribute && glob.starts_with('!') ? glob.substr(1) : std::string_view();
}

/// GUIDs and account ids are in lower case, however a policy or a pattern writes them.
bool is_id(std::string_view name, std::string_view text) {
  return is_guid(text) || (name == kAccountAttribute && is_account_id(text));
}

std::string in_case_of(std::string_view name, std::string_view text, std::string_view glob) {
  return is_id(name, text) ? to_lower(glob) : std::string(glob);
}

/// A value may have wildcards itself: it matches if it admits something that the pattern matches.
bool fits_text(std::string_view name, std::string_view text, std::string_view glob) {
  if (const auto other = account_left_out(name, glob); !other.empty()) {
    return to_lower(text) != to_lower(other);
  }
  return may_overlap(in_case_of(name, text, glob), text);
}

std::span<const std::string> texts_of(const Attribute& attribute) {
  if (const auto* one = std::get_if<std::string>(&attribute.value)) return {one, 1};
  if (const auto* many = std::get_if<std::vector<std::string>>(&attribute.value)) return *many;
  return {};
}

/// The cost of a search through the two.
bool spend(GlobWork& work, std::string_view text, std::string_view glob) {
  const std::size_t places = 1 + text.size() * glob.size() / 64;
  work.left -= std::min(work.left, places);
  return work.left > 0;
}

ValueRelation relate_text(std::string_view name,
                          const std::string& text,
                          std::string_view glob,
                          GlobWork& work) {
  if (!spend(work, text, glob)) return {.meets = true};
  if (const auto other = account_left_out(name, glob); !other.empty()) {
    const bool is_other = to_lower(text) != to_lower(other);
    if (has_wildcard(text)) return {.meets = true, .certain = true};
    return {.meets = is_other, .within = is_other, .covers = false, .certain = is_other};
  }
  const std::string cased = in_case_of(name, text, glob);
  if (!may_overlap(cased, text)) return {};
  const std::array<std::string, 1> ours{text};
  const std::array<std::string, 1> theirs{cased};
  ValueRelation relation{.meets = true};
  relation.within = fits_within(ours, theirs, work);
  relation.covers = fits_within(theirs, ours, work);
  relation.certain = relation.within || relation.covers;
  return relation;
}

bool has(const AttributeSet& attributes, std::string_view name, std::string_view glob) {
  return std::ranges::any_of(attributes.items(), [&](const Attribute& attribute) {
    return attribute.name == name && admits(attribute, glob);
  });
}

/// A side without the attribute admits all of its values. A side without an account is in the
/// account itself.
bool is_open(const AttributeSet& attributes, std::string_view name) {
  return name != kAccountAttribute && attributes.find(name) == nullptr;
}

bool has_or_is_open(const AttributeSet& attributes, std::string_view name, std::string_view glob) {
  return is_open(attributes, name) || has(attributes, name, glob);
}

bool is_of_one_side(std::string_view name) {
  return name.starts_with(kSourcePrefix) || name.starts_with(kTargetPrefix);
}

/// Whether all entries that name no side match this one. If it must be named, one of them is its
/// service or another attribute of it: most sources have only a service, and are open to the rest.
bool fits_side(const AttributeSet& side, const PolicyPattern& pattern, bool must_be_named) {
  bool is_named = !must_be_named;
  for (const auto& [name, glob] : pattern) {
    if (is_of_one_side(name)) continue;
    if (!has_or_is_open(side, name, glob)) return false;
    is_named = is_named || name == kServiceAttribute || has(side, name, glob);
  }
  return is_named;
}

/// An entry that names no side.
bool fits_any_side(const PolicyContent& content, std::string_view name, std::string_view glob) {
  const auto fits_one = [&](const AttributeSet& side) {
    return name == kServiceAttribute ? has_or_is_open(side, name, glob) : has(side, name, glob);
  };
  return fits_one(content.subject) || fits_one(content.resource);
}

}  // namespace

bool admits(const Attribute& attribute, std::string_view glob) {
  if (const auto* exists = std::get_if<bool>(&attribute.value)) return *exists;  // any value at all
  return std::ranges::any_of(texts_of(attribute), [&](const std::string& text) {
    return fits_text(attribute.name, text, glob);
  });
}

// A list of values meets, covers and is certain if one of them does, and is within if all are.
ValueRelation relate(const Attribute& attribute, std::string_view glob, GlobWork& work) {
  if (const auto* exists = std::get_if<bool>(&attribute.value)) {
    if (!*exists) return {};
    return {.meets = true, .within = false, .covers = true, .certain = true};
  }
  const auto texts = texts_of(attribute);
  ValueRelation all{.meets = false, .within = !texts.empty(), .covers = false, .certain = false};
  for (const std::string& text : texts) {
    const ValueRelation one = relate_text(attribute.name, text, glob, work);
    all.meets = all.meets || one.meets;
    all.within = all.within && one.within;
    all.covers = all.covers || one.covers;
    all.certain = all.certain || one.certain;
  }
  return all;
}

bool fits(const PolicyContent& content, const PolicyPattern& pattern) {
  const bool is_on_one_side =
      fits_side(content.resource, pattern, false) || fits_side(content.subject, pattern, true);
  const auto entry_fits = [&](const auto& entry) {
    const std::string_view name = entry.first;
    if (name.starts_with(kSourcePrefix)) {
      return has_or_is_open(content.subject, name.substr(kSourcePrefix.size()), entry.second);
    }
    if (name.starts_with(kTargetPrefix)) {
      return has_or_is_open(content.resource, name.substr(kTargetPrefix.size()), entry.second);
    }
    return is_on_one_side || fits_any_side(content, name, entry.second);
  };
  return !pattern.empty() && std::all_of(pattern.begin(), pattern.end(), entry_fits);
}

const PolicyPattern* find_never(std::span<const PolicyPattern> never,
                                const PolicyContent& content) {
  const auto found = std::find_if(never.begin(), never.end(), [&](const PolicyPattern& pattern) {
    return fits(content, pattern);
  });
  return found == never.end() ? nullptr : &*found;
}

std::string pattern_text(const PolicyPattern& pattern) {
  std::string text;
  for (const auto& [name, glob] : pattern) {
    text += (text.empty() ? "" : ", ") + name + ": " + glob;
  }
  return text;
}

}  // namespace authzd
