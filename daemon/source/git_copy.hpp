// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The files of our own bare copy: whether it is whole, has grown too much, or was left by a git
// that was killed.
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

/// Each fetch leaves a pack; beyond the limits a new copy is cheaper than tidying this one.
bool is_outgrown(const std::filesystem::path& repository, const CopyLimits& limits);

/// Locks and temporary files of a git that is no more. Errors: unavailable.
Result<void> remove_leftovers(const std::filesystem::path& repository);

/// Key rings of a check that was killed, in the folder above. Errors: unavailable.
Result<void> remove_temporary(const std::filesystem::path& top);

/// Nothing there is fine. Errors: unavailable.
Result<void> remove_copy(const std::filesystem::path& repository);

}  // namespace authzd
