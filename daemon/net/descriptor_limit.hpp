// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How many files this process may have open. The usual soft limit of 1,024 exists for programs that
// use select(2); this one does not, and raises it. Its children may, and get the original limit.
#pragma once

#include "reconciler/base/error.hpp"

#include <string_view>

namespace authzd {

/// At the start of the process: raises the soft limit to the hard one. If that fails, it remains.
void raise_descriptor_limit();

/// In a child, between fork and exec, async-signal-safe: restores the soft limit of before
/// raise_descriptor_limit(). False: it cannot be set.
[[nodiscard]] bool restore_descriptor_limit();

/// `exhausted` if `error`, an errno, says that the process or the host has no descriptors left;
/// else `otherwise`.
ErrorCode code_of(int error, ErrorCode otherwise);

/// The same for the output of another program.
bool tells_of_no_descriptors(std::string_view said);

}  // namespace authzd
