// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// External text that may contain a secret by mistake: a key pasted into a manifest, or quoted in a
// server's error. Known secrets use the type Secret.
#pragma once

#include <string>
#include <string_view>

namespace authzd {

/// Replaces each byte of what looks like a secret with '*'; the length does not change.
///   - the value after a name such as apikey, token, password (`apikey: …`, `"token": "…"`), if it
///     has six characters or more without a blank
///   - a word of 32 characters or more with capital and small letters and a digit. API keys, tokens
///     and signatures look like that; ids, digests, names and CRNs of IBM Cloud do not
std::string without_secrets(std::string_view text);

}  // namespace authzd
