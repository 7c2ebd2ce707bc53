// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Parses the output of `git verify-commit --raw`: who signed, or why the signature does not count.
// Pure.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// `is_good`: git exited with 0. Returns the signer. Errors: invalid_manifest, with the reason and
/// the signer if known: the same keys give the same result. unavailable: the check was impossible
/// this time, for example because a tool is missing or the host's clock is wrong.
Result<std::string> signature_verdict(std::string_view said, bool is_good);

/// The owner of the key of a good signature, as the key names it, without the key id; empty if git
/// does not report it.
std::string signer_of(std::string_view said);

}  // namespace authzd
