// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The keys that may sign a revision, from their files: PGP public keys, SSH public keys, or lines
// of an allowed_signers file. Pure except for read_verify_keys.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

struct VerifyKeys {
  std::vector<std::pair<std::string, std::string>> pgp;  // file, text
  std::string allowed_signers;                           // in the format of ssh-keygen
  std::string digest;                                    // changes with any of the files
};

/// Adds the keys of one file. Errors: invalid_config (a private key; no key at all).
Result<void> add_key_file(const std::string& file, std::string_view text, VerifyKeys& keys);

/// Errors: those of above and of reading the files.
Result<VerifyKeys> read_verify_keys(const std::vector<std::string>& files);

}  // namespace authzd
