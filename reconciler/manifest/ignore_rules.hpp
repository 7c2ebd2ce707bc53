// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which files are ignored: .authzdignore, in the patterns of gitignore(5). Text and paths in, a
// verdict out; nothing here opens a file.
#pragma once

#include "reconciler/base/result.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

inline constexpr std::string_view kIgnoreFile = ".authzdignore";
inline constexpr std::size_t kMostIgnoreBytes = 64U << 10U;

/// "2 files ignored by .authzdignore".
std::string ignored_text(std::size_t files);

/// The pattern of one line, split into parts.
struct IgnorePattern {
  std::vector<std::string> parts;  // between slashes; "**" is any number of folders
  bool is_negated = false;         // "!": cancels an earlier line
  bool only_folders = false;       // ended in "/"
};

/// Caches the verdicts on the folders of one tree: callers ask about the files of a folder
/// together.
class IgnoreRules {
 public:
  IgnoreRules() = default;

  /// Skips lines without a pattern. Errors: invalid_manifest (more than kMostIgnoreBytes).
  static Result<IgnoreRules> parse(std::string_view text);

  /// Whether the file at `path`, relative to the folder of .authzdignore, is ignored: by its own
  /// name, or because a parent folder is. Errors: invalid_manifest, if the patterns and paths so
  /// far took more work than any sensible ones.
  Result<bool> ignores_file(std::string_view path);
  Result<bool> ignores_folder(std::string_view path);

 private:
  bool judge(std::string_view path, bool is_folder);
  bool fits(const IgnorePattern& pattern, const std::vector<std::string_view>& path);
  bool fits_part(std::string_view pattern, std::string_view name);
  [[nodiscard]] Result<bool> within_work(bool verdict) const;

  std::vector<IgnorePattern> patterns_;
  std::map<std::string, bool, std::less<>> folders_;
  std::size_t work_ = 0;  // characters compared
};

}  // namespace authzd
