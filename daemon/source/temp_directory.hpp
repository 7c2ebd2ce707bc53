// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A private directory that is removed with its owner.
#pragma once

#include "reconciler/base/result.hpp"

#include <filesystem>
#include <string_view>

namespace authzd {

class TempDirectory {
 public:
  static constexpr std::string_view kPrefix = "authzd-";

  /// Creates `parent`/authzd-XXXXXX, accessible only to us. Errors: unavailable.
  static Result<TempDirectory> make(const std::filesystem::path& parent);

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

}  // namespace authzd
