// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What must be true of the state's file before SQLite opens it: there, ours, private, writable.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>

namespace authzd {

/// Makes the file with mode 0600 where it is missing, and takes other modes away from it.
/// Errors: invalid_config, with what to do.
Result<void> prepare_state_file(const std::string& path);

}  // namespace authzd
