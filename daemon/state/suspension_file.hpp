// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The suspensions once more, in a small file beside the state: a state that is lost, moved away or
// put back from an older copy must not end one, as a person set it to stop everything. It is
// written without the state's lock and read before each write, so that a suspension waits for
// nobody.
#pragma once

#include "daemon/state/suspensions.hpp"

#include <string>
#include <vector>

namespace authzd {

/// None where there is no such file. Errors: invalid_config where it cannot be read or is none of
/// ours: nobody can say then what is suspended.
Result<std::vector<Suspension>> read_suspension_file(const std::string& path);

/// Takes the place of what was there, as a whole; nothing suspended is no file. Errors:
/// unavailable.
Result<void> write_suspension_file(const std::string& path, const std::vector<Suspension>& all);

}  // namespace authzd
