// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What `git verify-commit --raw` said, read: who signed, or why that does not count. Pure.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// `is_good`: git ended with 0. Gives the signer. Errors: invalid_manifest, with the reason, the
/// signer where one is known, and what to do.
Result<std::string> signature_verdict(std::string_view said, bool is_good);

}  // namespace authzd
