// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The key that rows are sealed with, so that one which authzd did not write is noticed. It lies
// beside the state and not in it: who edits the database, or restores it alone, does not have it.
// Who can read the key as well can seal what he likes.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <string>

namespace authzd {

/// The key of the file, which is made with mode 0600 where it is missing.
/// Errors: invalid_config, with what to do.
Result<Secret> state_key(const std::string& path);

/// A key that nobody else has: for a state in memory. Errors: internal.
Result<Secret> random_key();

}  // namespace authzd
