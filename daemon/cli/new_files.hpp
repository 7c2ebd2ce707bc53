// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Several files that are to be there all or not at all, and that take no other's place.
#pragma once

#include "reconciler/base/result.hpp"

#include <map>
#include <string>

namespace authzd {

/// Writes `texts`, by name, into `folder`, which is made where it is missing. A file that is there
/// with that very text is left as it is. Errors: invalid_config, naming each file that is there
/// with another text: then nothing is written; unavailable, naming the file and why: then nothing
/// is left of what was written.
Result<void> write_new_files(const std::string& folder,
                             const std::map<std::string, std::string>& texts);

}  // namespace authzd
