// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/law/documents.hpp"

#include <algorithm>

namespace authzd::test {
namespace {

std::string role_names(const Document& document) {
  std::string names;
  const auto add = [&names](const std::string& name) {
    names += (names.empty() ? "" : ", ") + name;
  };
  for (std::size_t i = 0; i < kRoles; ++i) {
    if (document.roles[i]) add(kRoleNames.at(i));
  }
  if (document.has_unknown_role) add("Nobody Knows");
  return names;
}

std::string yaml_of(const std::string& name, const Document& document) {
  std::string text = "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: " + name +
                     "}\nspec:\n  source: " + source_side(document.source).yaml +
                     "\n  target: " + target_side(document.target).yaml + "\n  roles: [" +
                     role_names(document) + "]\n";
  if (!document.text.empty()) text += "  description: \"" + document.text + "\"\n";
  if (document.is_protected) text += "  protect: true\n";
  if (document.target == kEverything) text += "  wide: true\n";
  if (document.is_suspended) text += "  suspend: true\n";
  if (document.is_released) text += "  release: true\n";
  if (document.ends) text += "  expiresAt: " + to_rfc3339(*document.ends) + "\n";
  return text;
}

}  // namespace

const Document* find_scope(const Documents& documents, const Scope& scope) {
  const auto found = std::ranges::find_if(
      documents, [&scope](const auto& entry) { return scope_of(entry.second) == scope; });
  return found == documents.end() ? nullptr : &found->second;
}

std::vector<SourceFile> files_of(const Documents& documents) {
  std::map<std::size_t, std::string> texts;
  for (const auto& [name, document] : documents) {
    std::string& text = texts[document.file];
    text += (text.empty() ? "" : "---\n") + yaml_of(name, document);
  }
  std::vector<SourceFile> files;
  for (auto& [file, text] : texts) {
    files.push_back({"file-" + std::to_string(file) + ".yaml", std::move(text)});
  }
  return files;
}

std::string in_words(const Document& document) {
  std::string words = std::string(target_side(document.target).words) + " for " +
                      source_side(document.source).words + ", " + role_names(document);
  if (document.is_protected) words += ", protected";
  if (document.is_suspended) words += ", suspended";
  if (document.is_released) words += ", released";
  if (document.ends) words += ", ends at " + to_rfc3339(*document.ends);
  return words;
}

}  // namespace authzd::test
