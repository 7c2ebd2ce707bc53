// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Our bare copy of a remote repository: no work tree, nothing that is executed. It has one ref,
// refs/authzd/head, as shallow as the requests allow. Calls must not overlap.
#pragma once

#include "daemon/source/child.hpp"
#include "daemon/source/git_call.hpp"
#include "daemon/source/git_snapshot.hpp"
#include "daemon/source/source.hpp"

#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// The target of the configured ref.
struct GitHead {
  std::string ref;     // "refs/heads/main"; empty if the configuration names a commit
  std::string object;  // the commit, or the annotated tag
  std::string commit;
  std::optional<Error> refusal = {};  // it is malformed, and not in the copy; `commit` may be a tag

  [[nodiscard]] bool is_annotated_tag() const { return object != commit; }
};

struct SignatureCheck;

class GitRepository final : public GitObjects {
 public:
  explicit GitRepository(GitOptions options);

  /// Asks the remote for the head, and fetches it if it is new. Creates the copy if it is missing
  /// or damaged, and cleans up after a killed fetch. A malformed head comes with its refusal, and
  /// is not in the copy. Errors: git_fault's; timeout; invalid_config
  /// (a ref that is both a branch and a tag, a credential file).
  Async<GitHead> update();

  /// Errors: bad_response, timeout. The next update creates the copy again.
  Async<std::vector<TreeEntry>> tree(std::string commit) override;
  Async<std::vector<SourceFile>> read(std::vector<TreeEntry> entries) override;

  /// As Source::lineage, for `head`. Fetches as much of the history as needed.
  Async<Lineage> lineage(GitHead head, std::string earlier);

  /// The authors of the commits in `head` but not in `earlier`; empty: of the whole history. Both
  /// are in the copy. Fetches as much of the history as needed. `check`: signers count as authors,
  /// too. Not known if the history exceeds the limit. Errors: as update().
  Async<Authors> authors(GitHead head,
                         std::string earlier,
                         const SignatureCheck* check);  // coroutine-ref: the awaiter's

  /// What a person recognizes a commit in the copy by; only the id if that cannot be read.
  boost::asio::awaitable<Commit> describe(std::string commit);

  /// A local call on the copy, as a base for the calls of others.
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
  GitHead have_;             // known content of the copy; empty after a start
  bool is_checked_ = false;  // the copy was checked, and nothing contradicts that since
};

}  // namespace authzd
