// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A copy of the suspensions in a small file beside the state: losing, moving or restoring the state
// must not end a suspension, because a person set it to stop everything. It is written without the
// state's lock and read before each write, so that suspending never waits.
#pragma once

#include "daemon/state/suspensions.hpp"

#include <string>
#include <vector>

namespace authzd {

/// Empty if the file does not exist. Errors: invalid_config if it cannot be read or is not ours:
/// then it is unknown what is suspended.
Result<std::vector<Suspension>> read_suspension_file(const std::string& path);

/// Replaces the file atomically; without suspensions it removes it. Errors: unavailable.
Result<void> write_suspension_file(const std::string& path, const std::vector<Suspension>& all);

/// Replaces a small file beside the state atomically, and makes that durable. Errors: unavailable.
Result<void> replace_file_beside(const std::string& path, const std::string& text);

}  // namespace authzd
