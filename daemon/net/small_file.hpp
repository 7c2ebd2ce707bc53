// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A small file that someone may replace at any time: keys, tokens and secrets, read again on each
// use, so that a rotated one is taken up without a restart.
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
/// Errors: invalid_config, naming the file, where it cannot be read, is larger, or is no regular
/// file: reading a FIFO would wait for someone who writes to it; exhausted.
Result<std::string> read_small_file(const std::filesystem::path& file,
                                    std::string_view what,
                                    std::size_t most = kMostOfSmallFile);

/// The same without the white space around it. Errors: also where nothing is left, since an empty
/// secret would let everyone in.
Result<Secret> read_secret_file(const std::filesystem::path& file, std::string_view what);

/// The same, for text that must be one word. Errors: also where it holds white space.
Result<Secret> read_token_file(const std::filesystem::path& file, std::string_view what);

}  // namespace authzd
