// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What `git verify-commit --raw` said, read: who signed, or why that does not count. Pure.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// `is_good`: git ended with 0. Gives the signer. Errors: invalid_manifest, with the reason and the
/// signer where one is known: with the same keys it stays so. unavailable: it could not be checked
/// this time, as where a tool is missing or the host's clock is wrong.
Result<std::string> signature_verdict(std::string_view said, bool is_good);

/// Of a signature that git calls good: whom its key belongs to, as the key says it, without the
/// key's own number; empty where git does not say.
std::string signer_of(std::string_view said);

}  // namespace authzd
