// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Manifests in a Git repository: the tree of the commit that a branch, a tag or the configuration
// names, without a work tree. Several accounts may share one source; concurrent requests share one
// fetch.
#pragma once

#include "daemon/net/fair_gate.hpp"
#include "daemon/source/git_files.hpp"
#include "daemon/source/git_repository.hpp"
#include "daemon/source/git_verifier.hpp"
#include "daemon/source/source.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace authzd {

class GitSource final : public Source {
 public:
  /// `owned`: a directory that is removed with this; default-constructed for a permanent copy.
  GitSource(boost::asio::any_io_executor executor, GitOptions options, TempDirectory owned);

  /// Files are named by their path in the repository. A commit may be refused with the errors of
  /// GitVerifier::verify and select_manifests. Errors: GitRepository::update's.
  Async<Fetched> fetch(std::vector<std::string> paths, std::string known) override;
  Async<Lineage> lineage(std::string revision, std::string earlier) override;
  Async<Authors> authors(std::string revision, std::string earlier) override;
  /// What its first fetch finds stays the newest revision of the result: all accounts see the same.
  [[nodiscard]] Result<std::shared_ptr<Source>> at(const std::string& ref) const override;
  [[nodiscard]] SourceRequests requests() const override { return repository_.requests(); }

 private:
  boost::asio::awaitable<void> update();
  [[nodiscard]] RefusedRevision refused(Error why) const;
  Async<Fetched> newest(std::vector<std::string> paths, std::string known);

  TempDirectory owned_;
  boost::asio::any_io_executor executor_;
  GitOptions options_;
  GitRepository repository_;
  GitVerifier verifier_;
  FairGate gate_;  // one user of the copy at a time
  std::uint64_t begun_ = 0;
  std::uint64_t newest_number_ = 0;  // of the update that set the two below
  Result<GitHead> newest_;
  Commit described_;     // newest_, as a person recognizes it
  Result<void> let_in_;  // the verifier's verdict on newest_
};

}  // namespace authzd
