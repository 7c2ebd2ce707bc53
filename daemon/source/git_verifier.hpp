// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks that a head is signed by one of the configured keys. Git, gpg and ssh-keygen do the check,
// with a temporary key ring that contains only those keys.
#pragma once

#include "daemon/source/git_files.hpp"
#include "daemon/source/git_repository.hpp"
#include "daemon/source/git_signature.hpp"

#include <string>
#include <vector>

namespace authzd {

/// Enables signature checks in a call of git, while it exists.
struct SignatureCheck {
  TempDirectory ring;
  std::vector<Secret> variables = {};
  std::vector<GitSetting> settings = {};
};

class GitVerifier {
 public:
  /// Without files every head is accepted.
  explicit GitVerifier(std::vector<std::string> key_files) : key_files_(std::move(key_files)) {}

  /// Reads the keys again; does not check a head again that was checked with the same keys. An
  /// annotated tag counts by its own signature if it has one, else by its commit's. Errors:
  /// invalid_manifest (why the head is refused); invalid_config (a key file); unavailable, timeout
  /// (the check is impossible: git, gpg or ssh-keygen cannot run, or fail).
  Async<void> verify(const GitRepository& repository,  // coroutine-ref: the awaiter's
                     GitHead head);

  [[nodiscard]] bool is_asked() const { return !key_files_.empty(); }

  /// The signer of the last head that verify() accepted, in the form of signer_of().
  [[nodiscard]] const std::string& signer() const { return signer_; }

  /// Reads the keys again. Errors: invalid_config (a key file); unavailable, timeout.
  Async<SignatureCheck> prepare(
      const GitRepository& repository) const;  // coroutine-ref: the awaiter's

 private:
  Async<void> check(const GitRepository& repository,  // coroutine-ref: the awaiter's
                    GitHead head,
                    VerifyKeys keys);

  std::vector<std::string> key_files_;
  std::string judged_;    // digest of keys and head
  Result<void> verdict_;  // of it
  std::string signer_;    // of it, if accepted
};

}  // namespace authzd
