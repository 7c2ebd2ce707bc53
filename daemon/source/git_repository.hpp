// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Our own bare copy of a remote repository: no work tree, nothing that runs. It holds one ref,
// refs/authzd/head, as shallow as the questions asked of it allow. Calls must not overlap.
#pragma once

#include "daemon/source/child.hpp"
#include "daemon/source/git_call.hpp"
#include "daemon/source/git_tree.hpp"
#include "daemon/source/source.hpp"

#include <string>
#include <vector>

namespace authzd {

/// What the configured ref names.
struct GitHead {
  std::string ref;     // "refs/heads/main"; empty where the configuration names a commit
  std::string object;  // the commit, or the annotated tag
  std::string commit;

  [[nodiscard]] bool is_annotated_tag() const { return object != commit; }
};

struct SignatureCheck;

class GitRepository {
 public:
  explicit GitRepository(GitOptions options);

  /// Asks the remote side for the head, and fetches it where it is a new one. Makes the copy where
  /// there is none, or a damaged one, and cleans up after a fetch that was killed.
  /// Errors: git_fault's; timeout; invalid_config (a ref that is branch and tag, a secret's file).
  Async<GitHead> update();

  /// Errors: bad_response, timeout. The copy is made again on the next update.
  Async<std::vector<TreeEntry>> tree(std::string commit);
  Async<std::vector<SourceFile>> read(std::vector<TreeEntry> entries);

  /// As Source::lineage, for `head`. Fetches as much of the history as it takes.
  Async<Lineage> lineage(GitHead head, std::string earlier);

  /// Who wrote the commits that `head` has and `earlier` has not; empty: the whole history. Both
  /// are in the copy. Fetches as much of the history as it takes. `check`: who signed each of them
  /// wrote it, too. Not known where it is more than is read. Errors: as update().
  Async<Authors> authors(GitHead head,
                         std::string earlier,
                         const SignatureCheck* check);  // coroutine-ref: the awaiter's

  /// A call on the copy without the network, as a start for others' calls.
  [[nodiscard]] GitCall local(std::string doing, std::vector<std::string> arguments) const;
  [[nodiscard]] const GitPlace& place() const { return place_; }
  [[nodiscard]] const SourceRequests& requests() const { return requests_; }

 private:
  Async<GitHead> find_head();
  Async<void> prepare();
  Async<void> lock();
  Async<void> make_copy();
  Async<bool> is_sound();
  Result<void> discard_copy();
  Result<GitCall> remote(std::string doing, std::vector<std::string> arguments) const;
  Async<ProcessOutcome> call_remote(GitCall call);
  Async<GitHead> resolve();
  Async<void> fetch(std::string wanted, std::string depth);
  Async<void> make_whole(GitHead head, std::string range);
  Async<GitHead> fetched(std::string ref);
  Async<bool> succeeds(std::vector<std::string> arguments);
  Async<std::string> output_of(GitCall call);
  void look_again();
  [[nodiscard]] bool is_shallow() const;

  GitOptions options_;
  GitPlace place_;
  Descriptor lock_;
  SourceRequests requests_;
  GitHead have_;             // what the copy is known to hold; empty after a start
  bool is_checked_ = false;  // the copy was found sound, and nothing speaks against that
};

}  // namespace authzd
