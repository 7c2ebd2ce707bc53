// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Prepares the state's file before SQLite opens it: existing, ours, private, writable.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>

namespace authzd {

/// Creates a missing file with mode 0600, and corrects other modes. Errors: invalid_config, with a
/// remedy.
Result<void> prepare_state_file(const std::string& path);

}  // namespace authzd
