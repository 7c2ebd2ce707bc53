// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The files of a Git source on this host: our bare copy of the repository, and directories that
// exist for a while.
#pragma once

#include "reconciler/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace authzd {

/// A private directory that is removed with its owner.
class TempDirectory {
 public:
  static constexpr std::string_view kPrefix = "authzd-";

  /// Creates `parent`/authzd-XXXXXX, accessible only to us. Errors: unavailable.
  static Result<TempDirectory> make(const std::filesystem::path& parent);

  /// The same where the process keeps temporary files. Errors: unavailable.
  static Result<TempDirectory> make_anywhere();

  TempDirectory() = default;
  TempDirectory(TempDirectory&& other) noexcept { path_.swap(other.path_); }
  TempDirectory& operator=(TempDirectory&& other) noexcept {
    path_.swap(other.path_);
    return *this;
  }
  ~TempDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct CopyLimits {
  std::size_t most_packs = 0;
  std::uint64_t most_bytes = 0;
};

/// Whether the bare copy is complete.
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
