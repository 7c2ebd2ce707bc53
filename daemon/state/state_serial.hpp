// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A number that grows with each change of the state. It is in the state, and in a small file beside
// it. If the file has a higher one, the state was restored from an older copy. If the file is
// missing or empty although the state has a number, nobody can tell: the state counts as an older
// copy. If both were restored, only IAM can show that (ChangeMark).
#pragma once

#include "reconciler/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace authzd {

class Database;

class StateSerial {
 public:
  /// `path`: of the file beside the state.
  explicit StateSerial(std::string path) : path_(std::move(path)) {}

  /// Writes to the file what is not in it yet; on failure, the next start does.
  ~StateSerial();
  StateSerial(const StateSerial&) = delete;
  StateSerial& operator=(const StateSerial&) = delete;

  /// Call it once, after the schema is up to date. If the state is an older copy, the memory of
  /// each account is distrusted (ChangeMark). True: it is one, and was not empty. Creates the file
  /// beside a state that never had a serial. Errors: invalid_config if the file cannot be read;
  /// those of the state.
  Result<bool> settle(const std::shared_ptr<Database>& database);

  /// Within a transaction that changes the state.
  Result<void> grow(Database& database);

  /// The transaction is on disk. The file follows at most once a second, because it costs as much
  /// as the transaction did: a copy that was made within that second may go unnoticed if the
  /// process is then killed. A failure is not an error: the next change writes the file again.
  void committed();

 private:
  void write();

  std::string path_;
  std::uint64_t kept_ = 0;                // in the state
  std::uint64_t growing_ = 0;             // in the current transaction
  std::optional<std::uint64_t> written_;  // in the file; none: there is no file
  std::optional<std::chrono::steady_clock::time_point> written_at_;
};

}  // namespace authzd
