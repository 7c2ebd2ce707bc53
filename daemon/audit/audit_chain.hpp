// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The head of the audit log: its last line, stored in a small file beside the state, so that a
// truncated or deleted log is detected. The file is also the lock that prevents processes with one
// log from writing at the same time.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/report/audit_chain.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace authzd {

class AuditChain {
 public:
  /// Waits briefly for another process to release the file.
  using Pause = void (*)();
  static void wait_a_moment();

  /// An empty path keeps it in memory only.
  explicit AuditChain(std::filesystem::path path, Pause pause = &wait_a_moment)
      : path_(std::move(path)), pause_(pause) {}

  /// The result of writing one line.
  struct Written {
    std::optional<ChainHead> head;  // the new last line; none: it was not written
    Result<void> outcome;
  };

  /// Calls `write` with the last line, while every other process waits, and stores the new one.
  /// Waits up to a second for another process; if that one keeps the lock, does not wait again
  /// until it is released. Errors: that of `write`; unavailable if the file cannot be used, or
  /// another process keeps the lock.
  Result<void> extend(const std::function<Written(const ChainHead&)>& write);

 private:
  bool lock(int file);

  std::filesystem::path path_;
  Pause pause_;
  bool is_stuck_ = false;  // another process did not release the lock in time
  ChainHead in_memory_;
};

/// The last line according to the file; none if it does not exist. Errors: unavailable if it cannot
/// be read, or is damaged.
Result<std::optional<ChainHead>> kept_head(const std::filesystem::path& path);

/// The name of the file for a state of that name; empty without a state.
std::filesystem::path chain_file(const std::string& state);

}  // namespace authzd
