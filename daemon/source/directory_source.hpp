// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A directory of manifests on this host. It reads *.yaml and *.yml below the given paths, not what
// starts with a dot (Git's own files, editors' and ConfigMaps' hidden copies). A link to a file is
// followed; a link to a directory is not, except where a path itself is one.
#pragma once

#include "daemon/source/source.hpp"

#include <filesystem>
#include <vector>

namespace authzd {

class DirectorySource final : public Source {
 public:
  /// `root` may be one file, too. Files are named `root`/…, as the person wrote it.
  explicit DirectorySource(std::filesystem::path root) : root_(std::move(root)) {}

  Async<Fetched> fetch(std::vector<std::string> paths, std::string known) override;

 private:
  std::filesystem::path root_;
};

/// The files as they are now, without a coroutine: for `authzd validate`. Errors as of fetch.
Result<Snapshot> read_directory(const std::filesystem::path& root,
                                const std::vector<std::string>& paths);

}  // namespace authzd
