// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who may sign a revision, and who did: the keys from their files (PGP public keys, SSH public
// keys, or lines of an allowed_signers file), and the output of `git verify-commit --raw`. Pure
// except for read_verify_keys.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

/// The keys that may sign.
struct VerifyKeys {
  std::vector<std::pair<std::string, std::string>> pgp;  // file, text
  std::string allowed_signers;                           // in the format of ssh-keygen
  std::string digest;                                    // changes with any of the files
};

/// Adds the keys of one file. Errors: invalid_config (a private key; no key at all).
Result<void> add_key_file(const std::string& file, std::string_view text, VerifyKeys& keys);

/// Errors: those of above and of reading the files.
Result<VerifyKeys> read_verify_keys(const std::vector<std::string>& files);

/// `is_good`: git exited with 0. Returns the signer. Errors: invalid_manifest, with the reason and
/// the signer if known: the same keys give the same result. unavailable: the check was impossible
/// this time, for example because a tool is missing or the host's clock is wrong.
Result<std::string> signature_verdict(std::string_view said, bool is_good);

/// The owner of the key of a good signature, as the key names it, without the key id; empty if git
/// does not report it.
std::string signer_of(std::string_view said);

}  // namespace authzd
