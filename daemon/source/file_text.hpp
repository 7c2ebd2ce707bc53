// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A small file as text: keys and tokens, read anew on each use so that they can be replaced.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <string>

namespace authzd {

/// The bytes of a file of at most 1 MiB. Errors: invalid_config, naming the file.
Result<std::string> read_file_text(const std::string& file);

/// A secret without the white space around it. Errors: those of above; invalid_config where it is
/// empty or has a line break inside.
Result<Secret> read_secret_file(const std::string& file);

}  // namespace authzd
