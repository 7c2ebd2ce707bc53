// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How many files this process may have open. A soft limit of 1,024, the usual one, is there for
// programs that use select(2); this one does not, and raises it. What it starts may, and gets the
// limit back that there was.
#pragma once

#include "reconciler/base/error.hpp"

#include <string_view>

namespace authzd {

/// At the start of the process: the soft limit becomes the hard one. Where it cannot, it stays.
void raise_descriptor_limit();

/// In a child, between fork and exec, async-signal-safe: the soft limit is again what it was before
/// raise_descriptor_limit(). False: it cannot be set.
[[nodiscard]] bool restore_descriptor_limit();

/// `exhausted` where `error`, an errno, says that no descriptor is left, of the process or of the
/// host; else `otherwise`.
ErrorCode code_of(int error, ErrorCode otherwise);

/// The same for what another program says of itself.
bool tells_of_no_descriptors(std::string_view said);

}  // namespace authzd
