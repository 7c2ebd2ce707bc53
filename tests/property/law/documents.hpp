// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the adversary commits: a few documents by name, and their files.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "tests/property/law/universe.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace authzd::test {

struct Document {
  std::size_t source = 0;
  std::size_t target = 0;
  RoleBits roles = 1;
  bool has_unknown_role = false;
  bool is_protected = false;
  bool is_suspended = false;
  bool is_released = false;
  std::optional<Timestamp> ends = {};
  std::string text = {};
  std::size_t file = 0;

  bool operator==(const Document&) const = default;
};

using Documents = std::map<std::string, Document>;

[[nodiscard]] inline Scope scope_of(const Document& document) {
  return scope_of(content_of(document.source, document.target, document.roles));
}

/// The document with that scope; null: none.
const Document* find_scope(const Documents& documents, const Scope& scope);

/// It leaves its policies unchanged.
[[nodiscard]] inline bool holds_still(const Document& document) {
  return document.is_suspended || document.is_released || document.has_unknown_role;
}

std::vector<SourceFile> files_of(const Documents& documents);

/// "one kms for server-protect, Reader and Manager, ends at …": for people.
std::string in_words(const Document& document);

}  // namespace authzd::test
