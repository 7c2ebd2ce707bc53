// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/never.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/globs.hpp"

#include <algorithm>

namespace authzd {
namespace {

constexpr std::string_view kSource = "source.";
constexpr std::string_view kTarget = "target.";
constexpr std::string_view kServiceName = "serviceName";

/// GUIDs and account ids are held in lower case, however a policy or a pattern writes them. A value
/// may have wildcards itself: it fits where it admits something that the pattern speaks of.
bool fits_text(std::string_view name, std::string_view text, std::string_view glob) {
  const bool is_id = is_guid(text) || (name == "accountId" && is_account_id(text));
  return is_id ? may_overlap(to_lower(glob), text) : may_overlap(glob, text);
}

bool fits_value(const Attribute& attribute, std::string_view glob) {
  const auto matches = [&](const std::string& text) {
    return fits_text(attribute.name, text, glob);
  };
  if (const auto* one = std::get_if<std::string>(&attribute.value)) return matches(*one);
  if (const auto* many = std::get_if<std::vector<std::string>>(&attribute.value)) {
    return std::any_of(many->begin(), many->end(), matches);
  }
  return std::get<bool>(attribute.value);  // any value at all
}

/// A side that names no service at all is open to each of them.
bool has(const AttributeSet& attributes, std::string_view name, std::string_view glob) {
  if (name == kServiceName && attributes.find(name) == nullptr) return true;
  return std::any_of(
      attributes.items().begin(), attributes.items().end(), [&](const Attribute& attribute) {
        return attribute.name == name && fits_value(attribute, glob);
      });
}

}  // namespace

bool fits(const PolicyContent& content, const PolicyPattern& pattern) {
  const auto entry_fits = [&content](const auto& entry) {
    const std::string_view name = entry.first;
    if (name.starts_with(kSource)) {
      return has(content.subject, name.substr(kSource.size()), entry.second);
    }
    if (name.starts_with(kTarget)) {
      return has(content.resource, name.substr(kTarget.size()), entry.second);
    }
    return has(content.subject, name, entry.second) || has(content.resource, name, entry.second);
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
