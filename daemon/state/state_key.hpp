// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The key that seals rows, so that foreign rows are detected. It is stored beside the state and not
// in it: whoever edits the database, or restores it alone, does not have it. Whoever can read the
// key can also seal rows.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <string>

namespace authzd {

/// The key in the file, which is created with mode 0600 if missing. Errors: invalid_config, with a
/// remedy.
Result<Secret> state_key(const std::string& path);

/// A random key: for a state in memory. Errors: internal.
Result<Secret> random_key();

}  // namespace authzd
