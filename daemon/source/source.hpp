// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The origin of manifests, and how one is made from the configuration. A source returns a snapshot:
// the files, and a revision that identifies exactly this text, so that an unchanged revision need
// not be loaded again.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/config/config.hpp"
#include "daemon/net/async.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/proxy.hpp"
#include "reconciler/base/commit.hpp"
#include "reconciler/manifest/loader.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace authzd {

struct Snapshot {
  std::string revision;  // a Git commit, or "dir:" and 32 hex digits of a digest over names and
                         // texts
  std::vector<SourceFile> files;  // sorted by name, without duplicates. Empty if `revision` was
                                  // known.
  /// Links, submodules and special files that may replace a folder or a file, and were skipped.
  std::vector<std::string> not_followed = {};
  /// Manifests that .authzdignore excludes, sorted.
  std::vector<std::string> ignored = {};
  /// Folders with the name of a manifest: they may replace one.
  std::vector<std::string> manifest_folders = {};
  Commit commit = {};  // without a link; empty if the source has no commits
};

/// The newest revision, if none of it may be used: its commit is not verified, or a path is missing
/// in it.
struct RefusedRevision {
  std::string revision;
  Error why;
  Commit commit = {};  // as in Snapshot
};

using Fetched = std::variant<Snapshot, RefusedRevision>;

/// How a revision relates to an earlier one.
enum class Lineage {
  follows,    // it is the same, or descends from it; always so if a source has no history
  goes_back,  // the earlier one descends from it: a branch was reset
  diverges,   // neither: the history was rewritten, or belongs to another repository
};

/// Network calls since the source was created: by type ("ls-remote", "fetch") and result
/// ("success", "error").
using SourceRequests = std::map<std::pair<std::string, std::string>, std::uint64_t>;

class Source {
 public:
  virtual ~Source() = default;

  /// The files below `paths`, each relative to the source's root ("." is all of it). Errors, if no
  /// revision was found: unavailable (the source cannot be read), invalid_manifest (a path is
  /// missing). Never returns a part of the files: an incomplete reading is an error. `known`: a
  /// revision that the caller has already loaded at the same paths; if it is still the newest, the
  /// files need not be read again. Empty: none.
  virtual Async<Fetched> fetch(std::vector<std::string> paths, std::string known) = 0;

  /// How `revision`, which fetch returned, relates to `earlier`, which this or another source once
  /// returned. Errors: unavailable, timeout (the decision needs the remote's history, which cannot
  /// be fetched).
  virtual Async<Lineage> lineage(std::string revision, std::string earlier);

  /// Whether a `revision` that fetch returned for `paths` is still current, as far as can be
  /// checked without the network: always so if a revision is immutable, like a commit. Never an
  /// error: an unreadable source counts as changed.
  virtual Async<bool> still_holds(std::vector<std::string> paths, std::string revision);

  /// The authors of what is in `revision`, which fetch returned, but not in `earlier`; if that is
  /// empty or not a revision of this kind of source, everyone who ever wrote any of it. Not known
  /// if the source has no authors, or history was rewritten in between. Errors: as lineage().
  virtual Async<Authors> authors(std::string revision, std::string earlier);

  /// The same source at another branch, tag or commit, in a copy of its own, which ends with the
  /// result: for a plan that is shown and never performed. Signatures are not verified: a branch
  /// that is under review has those of its authors. It reads nothing yet. Errors: rejected, if the
  /// source has no such things, or `ref` cannot be the name of one; unavailable.
  [[nodiscard]] virtual Result<std::shared_ptr<Source>> at(const std::string& ref) const;

  /// Empty if the source needs no network.
  [[nodiscard]] virtual SourceRequests requests() const { return {}; }
};

/// The parameters of a source that are not in its configuration.
struct SourcePlace {
  std::filesystem::path state_directory;  // for a permanent copy of a repository; empty: no such
                                          // copy
  ProxySettings proxies = {};
};

/// One source, for all the accounts of a process. It reads nothing yet. `clock` must outlive it.
/// Errors: invalid_config (an unusable URL or ref of Git); unavailable (no place for a temporary
/// copy).
Result<std::shared_ptr<Source>> make_source(boost::asio::any_io_executor executor,
                                            Clock& clock,
                                            const SourceConfig& config,
                                            const SourcePlace& place);

}  // namespace authzd
