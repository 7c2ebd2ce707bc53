// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From a commit to the manifests in it, wherever the repository is: in our copy of a remote one, or
// in one on this host.
#pragma once

#include "daemon/source/git_tree.hpp"
#include "daemon/source/source.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace authzd {

/// What is read of a repository.
class GitObjects {
 public:
  virtual ~GitObjects() = default;

  /// Errors: bad_response, timeout.
  virtual Async<std::vector<TreeEntry>> tree(std::string commit) = 0;
  virtual Async<std::vector<SourceFile>> read(std::vector<TreeEntry> entries) = 0;
};

/// The part of a repository that has manifests.
struct GitFolder {
  std::string root = ".";                  // of the source
  std::vector<std::string> paths = {"."};  // below it
  std::size_t most_text_bytes = LoadLimits{}.max_total_bytes;
};

/// The manifests of a commit; a commit that may not be used is refused with the errors of
/// select_manifests. Errors: those of GitObjects.
Async<Fetched> snapshot_of(GitObjects& objects,  // coroutine-ref: the awaiter's
                           std::string commit,
                           GitFolder folder);

}  // namespace authzd
