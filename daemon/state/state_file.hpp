// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The files of the state, as the database needs them before it opens: the database itself,
// existing, ours, private and writable; the lock; and the key.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <memory>
#include <string>

namespace authzd {

/// Creates a missing file with mode 0600, and corrects other modes. Errors: invalid_config, with a
/// remedy.
Result<void> prepare_state_file(const std::string& path);

/// A file that one process at a time locks: the kernel releases the lock however the process ends.
/// The file itself stays, and names the last holder.
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

/// The key that seals rows, so that foreign rows are detected. It is stored beside the state and
/// not in it: someone who edits the database, or restores it alone, does not have it. Whoever can
/// read the key can also seal rows. The file is created with mode 0600 if missing. Errors:
/// invalid_config, with a remedy.
Result<Secret> state_key(const std::string& path);

/// A random key: for a state in memory. Errors: internal.
Result<Secret> random_key();

}  // namespace authzd
