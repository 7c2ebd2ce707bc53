// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether a head is signed by one of the configured keys. Git, gpg and ssh-keygen check it, with a
// key ring that holds those keys alone, is made for the call and ends with it.
#pragma once

#include "daemon/source/git_repository.hpp"
#include "daemon/source/temp_directory.hpp"
#include "daemon/source/verify_keys.hpp"

#include <string>
#include <vector>

namespace authzd {

/// What lets a call of git check signatures, while this is there.
struct SignatureCheck {
  TempDirectory ring;
  std::vector<Secret> variables = {};
  std::vector<GitSetting> settings = {};
};

class GitVerifier {
 public:
  /// Without files every head is let in.
  explicit GitVerifier(std::vector<std::string> key_files) : key_files_(std::move(key_files)) {}

  /// Reads the keys again; a head that was judged with the same keys is not checked again.
  /// An annotated tag counts by its own signature where it has one, else by its commit's.
  /// Errors: invalid_manifest (why the head is not let in); invalid_config (a key file);
  /// unavailable, timeout (it could not be checked: git, gpg or ssh-keygen cannot be run, or fail).
  Async<void> verify(const GitRepository& repository,  // coroutine-ref: the awaiter's
                     GitHead head);

  [[nodiscard]] bool is_asked() const { return !key_files_.empty(); }

  /// Who has signed the head that verify() let in last, as signer_of() has it.
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
  std::string signer_;    // of it, where it is let in
};

}  // namespace authzd
