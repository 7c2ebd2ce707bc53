// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where manifests come from. A source gives a snapshot: the files and a revision that names exactly
// this text, so that an unchanged revision need not be loaded again.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/net/async.hpp"
#include "reconciler/manifest/loader.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace authzd {

struct Snapshot {
  std::string revision;  // a Git commit, or "dir:" and 32 hex of a digest over names and text
  std::vector<SourceFile> files;  // sorted by name; each once. Empty where `revision` was known.
  /// Links and submodules that may stand for a folder, and were left out.
  std::vector<std::string> not_followed = {};
  /// Manifests that .authzdignore leaves out, sorted.
  std::vector<std::string> ignored = {};
};

/// The newest revision, where nothing of it may be used: its commit is not verified, or a path is
/// missing in it.
struct RefusedRevision {
  std::string revision;
  Error why;
};

using Fetched = std::variant<Snapshot, RefusedRevision>;

/// How a revision stands to an earlier one.
enum class Lineage {
  follows,    // it is that one, or descends from it; always so where a source has no history
  goes_back,  // that one descends from it: a branch was set back
  diverges,   // neither: the history was rewritten, or is another repository's
};

/// Calls over the network since the source was made: by type ("ls-remote", "fetch") and result
/// ("success", "error").
using SourceRequests = std::map<std::pair<std::string, std::string>, std::uint64_t>;

class Source {
 public:
  virtual ~Source() = default;

  /// The files below `paths`, each relative to the source's root ("." is all of it).
  /// Errors, where no revision could be found: unavailable (the source cannot be read),
  /// invalid_manifest (a path is missing). Never a part of the files: what cannot be read whole is
  /// an error.
  /// `known`: a revision that the caller has judged by its text at the same paths; where it is
  /// still the newest, the files need not be read again. Empty: none.
  virtual Async<Fetched> fetch(std::vector<std::string> paths, std::string known) = 0;

  /// How `revision`, which fetch gave, stands to `earlier`, which this or another source once gave.
  /// Errors: unavailable, timeout (it takes the remote side's history to tell, and that cannot be
  /// had).
  virtual Async<Lineage> lineage(std::string revision, std::string earlier);

  /// Whether a `revision` that fetch gave for `paths` is still what lies there, as far as that can
  /// be told without the network: always so where a revision is a thing of its own, as a commit is.
  /// Never an error: what cannot be read is not what it was.
  virtual Async<bool> still_holds(std::vector<std::string> paths, std::string revision);

  /// Who wrote what is in `revision`, which fetch gave, and not in `earlier`; where that is empty
  /// or no revision of this kind of source, all who ever wrote any of it. Not known where the
  /// source keeps no authors, or history was rewritten in between. Errors: as lineage().
  virtual Async<Authors> authors(std::string revision, std::string earlier);

  /// None where the source needs no network.
  [[nodiscard]] virtual SourceRequests requests() const { return {}; }
};

}  // namespace authzd
