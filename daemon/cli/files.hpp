// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whole files, read or written: never the half of one.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// Errors: unavailable, naming the file and why.
Result<std::string> read_whole_file(const std::string& path);

/// By a temporary file beside it and a rename, so that nobody ever reads the half of it.
Result<void> write_whole_file(const std::string& path, std::string_view text);

}  // namespace authzd
