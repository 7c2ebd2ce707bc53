// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The tree of a commit as git lists it, and the selection of files to read. Pure: text in, values
// out.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/manifest/ignore_rules.hpp"
#include "reconciler/manifest/source_file.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct TreeEntry {
  std::string mode;  // "100644", "120000" a symbolic link, "160000" a submodule, "040000" a folder
  std::string object;
  std::uint64_t size = 0;
  std::string path;  // from the top, without a final '/'

  bool operator==(const TreeEntry&) const = default;
};

/// Reads `git ls-tree -r -t -z -l --full-tree`. Errors: bad_response.
Result<std::vector<TreeEntry>> parse_tree(std::string_view listed);

/// Links and submodules below the paths that may replace a folder or a file.
std::vector<std::string> not_followed(const std::vector<TreeEntry>& tree,
                                      const std::string& root,
                                      const std::vector<std::string>& paths);

/// Folders below the paths with the name of a manifest.
std::vector<std::string> manifest_folders(const std::vector<TreeEntry>& tree,
                                          const std::string& root,
                                          const std::vector<std::string>& paths);

/// The entry of .authzdignore in `root`; none if it does not exist. Errors: invalid_manifest (it is
/// not a file, or too large).
Result<std::vector<TreeEntry>> find_ignore_file(const std::vector<TreeEntry>& tree,
                                                const std::string& root);

/// Removes the ignored manifests from the tree; returns those below `root`/`paths`, sorted. A file
/// that `paths` name stays. Errors: IgnoreRules'.
Result<std::vector<std::string>> take_ignored(std::vector<TreeEntry>& tree,
                                              const std::string& root,
                                              const std::vector<std::string>& paths,
                                              IgnoreRules rules);

/// The manifests below `root`/`paths`, sorted by path, without duplicates. Errors: invalid_manifest
/// (a path is missing; a symbolic link or a submodule replaces a manifest or a path; more files or
/// bytes than the limits).
Result<std::vector<TreeEntry>> select_manifests(const std::vector<TreeEntry>& tree,
                                                const std::string& root,
                                                const std::vector<std::string>& paths,
                                                std::uint64_t most_bytes);

/// The input of `git cat-file --batch`: one object a line.
std::string batch_input(const std::vector<TreeEntry>& entries);

/// Parses its output. Errors: bad_response.
Result<std::vector<SourceFile>> parse_batch(std::string_view answer,
                                            const std::vector<TreeEntry>& entries);

}  // namespace authzd
