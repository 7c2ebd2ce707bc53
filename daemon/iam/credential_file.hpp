// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A secret in a file, read anew for each use, so that a rotated one is taken up without a restart.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <filesystem>
#include <string_view>

namespace authzd {

/// The file's text without white space around it. `what` begins the message: "the API key".
/// Errors: invalid_config, naming the file, where it cannot be read, is empty or over 64 KiB.
Result<Secret> read_credential(const std::filesystem::path& file, std::string_view what);

/// The same, for text that must be one word. Errors: also where it holds white space.
Result<Secret> read_token_file(const std::filesystem::path& file, std::string_view what);

}  // namespace authzd
