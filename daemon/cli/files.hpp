// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whole files, read or written: never the half of one.
#pragma once

#include "reconciler/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace authzd {

/// What a file may be called to mean standard input.
inline constexpr std::string_view kStandardInput = "-";

inline constexpr std::size_t kMostFileBytes = 64U << 20U;

/// Errors: unavailable, naming the file and why; invalid_manifest (more than `most` bytes, of which
/// no more are read).
Result<std::string> read_whole_file(const std::string& path, std::size_t most = kMostFileBytes);

inline constexpr std::size_t kMostConfigurationBytes = 16U << 20U;

/// Of a daemon that reads it again while it works: waits for nobody, as a FIFO would have it.
/// Errors: invalid_config where it cannot be read, is no regular file, or has more than 16 MiB.
Result<std::string> read_configuration(const std::string& path);

/// Errors: invalid_manifest (more than `most` bytes, of which no more are read), unavailable.
Result<std::string> read_standard_input(std::size_t most);

/// It may be there, and this user may not read it, or may not even see whether it is there.
bool is_forbidden_file(const std::string& path);

/// Every user of this host may read it. False where nobody can tell.
bool is_open_to_all(const std::string& path);

/// True for a name that its folder, which is there, does not have. False where this user may not
/// look.
bool is_missing_file(const std::string& path);

/// By a temporary file beside it and a rename, so that nobody ever reads the half of it.
Result<void> write_whole_file(const std::string& path, std::string_view text);

}  // namespace authzd
