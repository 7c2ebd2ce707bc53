// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where the audit log stands: its last line, kept in a small file of its own beside the state, so
// that a log whose end was cut off, or that was deleted, is found out. It is also the lock that
// keeps processes with one log from writing at once.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/report/audit_chain.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace authzd {

class AuditChain {
 public:
  /// Waits a moment, for another process to let go of the file.
  using Pause = void (*)();
  static void wait_a_moment();

  /// An empty path keeps it in memory, for as long as this lives.
  explicit AuditChain(std::filesystem::path path, Pause pause = &wait_a_moment)
      : path_(std::move(path)), pause_(pause) {}

  /// What came of writing one line.
  struct Written {
    std::optional<ChainHead> head;  // the new last line; none: it was written nowhere
    Result<void> outcome;
  };

  /// Calls `write` with the last line, while every other process waits, and keeps the new one.
  /// Waits up to a second for another process; after one that does not let go, not again until it
  /// has. Errors: that of `write`; unavailable where the file cannot be used, or another process
  /// does not let go of it.
  Result<void> extend(const std::function<Written(const ChainHead&)>& write);

 private:
  bool lock(int file);

  std::filesystem::path path_;
  Pause pause_;
  bool is_stuck_ = false;  // another process did not let go in time
  ChainHead in_memory_;
};

/// The last line as the file has it; nothing where there is no such file.
/// Errors: unavailable where it cannot be read, or is damaged.
Result<std::optional<ChainHead>> kept_head(const std::filesystem::path& path);

/// The file's name, for the state of that name; empty where there is no state.
std::filesystem::path chain_file(const std::string& state);

}  // namespace authzd
