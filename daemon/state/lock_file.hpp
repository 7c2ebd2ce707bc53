// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A file that one process at a time holds, for as long as it lives: the kernel lets go of it
// however the process ends. The file itself stays, and names the last holder.
#pragma once

#include "reconciler/base/result.hpp"

#include <memory>
#include <string>

namespace authzd {

class LockFile {
 public:
  /// Errors: unavailable where another process holds it, invalid_config where the file cannot be
  /// made or opened.
  static Result<std::unique_ptr<LockFile>> take(const std::string& path);

  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace authzd
