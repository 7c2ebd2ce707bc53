// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The files of our bare copy: whether it is complete, has grown too large, or was left by a killed
// git.
#pragma once

#include "reconciler/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace authzd {

struct CopyLimits {
  std::size_t most_packs = 0;
  std::uint64_t most_bytes = 0;
};

bool is_whole(const std::filesystem::path& repository);

/// Each fetch adds a pack; beyond the limits a new copy is cheaper than a cleanup.
bool is_outgrown(const std::filesystem::path& repository, const CopyLimits& limits);

/// Removes locks and temporary files of a git that has ended. Errors: unavailable.
Result<void> remove_leftovers(const std::filesystem::path& repository);

/// Removes key rings of a killed check, in the parent folder. Errors: unavailable.
Result<void> remove_temporary(const std::filesystem::path& top);

/// A missing copy is not an error. Errors: unavailable.
Result<void> remove_copy(const std::filesystem::path& repository);

}  // namespace authzd
