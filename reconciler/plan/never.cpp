// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/never.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd {
namespace {

constexpr std::string_view kSource = "source.";
constexpr std::string_view kTarget = "target.";

/// GUIDs and account ids are held in lower case, however a policy or a pattern writes them.
bool fits_text(std::string_view name, std::string_view text, std::string_view glob) {
  const bool is_id = is_guid(text) || (name == "accountId" && is_account_id(text));
  return is_id ? matches_glob(to_lower(glob), text) : matches_glob(glob, text);
}

bool fits_value(const Attribute& attribute, std::string_view glob) {
  const auto matches = [&](const std::string& text) {
    return fits_text(attribute.name, text, glob);
  };
  if (const auto* one = std::get_if<std::string>(&attribute.value)) return matches(*one);
  if (const auto* many = std::get_if<std::vector<std::string>>(&attribute.value)) {
    return std::any_of(many->begin(), many->end(), matches);
  }
  return std::get<bool>(attribute.value) && glob == "*";
}

bool has(const AttributeSet& attributes, std::string_view name, std::string_view glob) {
  return std::any_of(
      attributes.items().begin(), attributes.items().end(), [&](const Attribute& attribute) {
        return attribute.name == name && fits_value(attribute, glob);
      });
}

}  // namespace

bool matches_glob(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last '*' seen
  std::size_t resume = 0;                     // where the text goes on after it takes one more
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return glob.substr(g).find_first_not_of('*') == std::string_view::npos;
}

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
