// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where manifests come from. A source gives a snapshot: the files and a revision that names exactly
// this text, so that an unchanged revision need not be loaded again.
#pragma once

#include "daemon/net/async.hpp"
#include "reconciler/manifest/loader.hpp"

#include <string>
#include <vector>

namespace authzd {

struct Snapshot {
  std::string revision;  // a Git commit, or "dir:" and 12 hex of a digest over names and text
  std::vector<SourceFile> files;  // sorted by name; each once
};

class Source {
 public:
  virtual ~Source() = default;

  /// The files below `paths`, each relative to the source's root ("." is all of it).
  /// Errors: unavailable (the source cannot be read), invalid_manifest (a path is missing). Never a
  /// part of the files: what cannot be read whole is an error.
  virtual Async<Snapshot> fetch(std::vector<std::string> paths) = 0;
};

}  // namespace authzd
