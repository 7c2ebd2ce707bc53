// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Text from outside that may hold a secret by somebody's mistake: a key pasted into a manifest, or
// quoted by a server in an error. For what we know to be a secret there is Secret.
#pragma once

#include <string>
#include <string_view>

namespace authzd {

/// The text with a '*' for each byte of what looks like a secret; its length stays the same.
///   - the value behind a name such as apikey, token, password (`apikey: …`, `"token": "…"`), of
///     six characters or more without a blank
///   - a word of 32 characters or more with capital and small letters and a digit, as API keys,
///     tokens and signatures are, and ids, digests, names and CRNs of IBM Cloud are not
std::string without_secrets(std::string_view text);

}  // namespace authzd
