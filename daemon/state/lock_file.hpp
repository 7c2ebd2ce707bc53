// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A file that one process at a time locks: the kernel releases the lock however the process ends.
// The file itself stays, and names the last holder.
#pragma once

#include "reconciler/base/result.hpp"

#include <memory>
#include <string>

namespace authzd {

class LockFile {
 public:
  /// Errors: unavailable if another process holds it, invalid_config if the file cannot be created
  /// or opened.
  static Result<std::unique_ptr<LockFile>> take(const std::string& path);

  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace authzd
