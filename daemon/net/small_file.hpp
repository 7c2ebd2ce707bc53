// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A small file that may be replaced at any time: keys, tokens and secrets, read again on each use,
// so that a rotated one takes effect without a restart.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::size_t kMostOfSmallFile = 1U << 20U;

/// The bytes of a file of at most `most`, whole MiB. `what` begins the message: "the API key".
/// Errors: invalid_config, with the file, if it cannot be read, is larger, or is not a regular
/// file: a read of a FIFO would wait for a writer; exhausted.
Result<std::string> read_small_file(const std::filesystem::path& file,
                                    std::string_view what,
                                    std::size_t most = kMostOfSmallFile);

/// The same without surrounding white space. Errors: also if nothing is left, since an empty secret
/// would give everyone access.
Result<Secret> read_secret_file(const std::filesystem::path& file, std::string_view what);

/// The same, for text that must be one word. Errors: also if it has white space.
Result<Secret> read_token_file(const std::filesystem::path& file, std::string_view what);

}  // namespace authzd
