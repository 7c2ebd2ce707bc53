// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A repository on this host that is not ours, such as the one that a person works in. Only its
// commits are read, by git, which is confined: no hook, no filter, no helper and no transport that
// its configuration names is ever run, and nothing is written.
#pragma once

#include "daemon/source/git_call.hpp"
#include "daemon/source/git_files.hpp"
#include "daemon/source/git_snapshot.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Whether `text` may name a commit on git's command line: a branch, a tag, a commit or a part of
/// one, with `~1`, `^` or `@{1}` behind it.
bool is_git_revision(std::string_view text);

class LocalRepository final : public GitObjects {
 public:
  /// The repository of `directory`, or of the nearest folder above it. Errors: not_found;
  /// unavailable, where there is no place for temporary files.
  static Result<LocalRepository> open(const std::filesystem::path& directory);

  /// The commit that `revision` names. Errors: not_found; rejected, where it is no revision.
  Async<std::string> commit_of(std::string revision);

  Async<std::vector<TreeEntry>> tree(std::string commit) override;
  Async<std::vector<SourceFile>> read(std::vector<TreeEntry> entries) override;

  /// The folder that has the repository's files; empty: it is bare.
  [[nodiscard]] const std::filesystem::path& top() const { return top_; }

 private:
  LocalRepository() = default;

  [[nodiscard]] GitCall call(std::string doing, std::vector<std::string> arguments) const;

  TempDirectory own_;  // for git's home
  std::filesystem::path top_;
  GitPlace place_;
  std::vector<std::string> readable_;
};

}  // namespace authzd
