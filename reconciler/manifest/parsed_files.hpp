// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Files that were parsed, for all accounts that read the same manifests: each file is parsed once,
// and decoded for each account. What the accounts use of it is theirs; this changes nothing.
#pragma once

#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/manifest/yaml_tree.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace authzd {

struct ParsedFile {
  std::string text;  // as it was given
  std::shared_ptr<const YamlTree> tree;
  std::vector<Diagnostic> problems;  // of parsing
};

class ParsedFiles {
 public:
  /// Some 100 bytes a node; of the smallest manifests some hundred thousand documents.
  static constexpr std::size_t kMostBytes = 24U << 20U;

  explicit ParsedFiles(std::size_t most_bytes = kMostBytes) : most_bytes_(most_bytes) {}

  /// Null: it is not here. The same text under another name is another file.
  [[nodiscard]] std::shared_ptr<const ParsedFile> find(const SourceFile& file) const;

  /// Replaces an earlier file of that name. Those that have been here longest go, if there is no
  /// room; a file that has no room at all is not kept.
  void keep(const std::string& name, ParsedFile parsed);

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Kept {
    std::shared_ptr<const ParsedFile> file;
    std::size_t bytes = 0;
  };
  void drop(const std::string& name);

  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::unordered_map<std::string, Kept> files_;  // by name
  std::deque<std::string> order_;                // oldest first
};

}  // namespace authzd
