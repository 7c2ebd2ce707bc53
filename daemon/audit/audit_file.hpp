// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The audit log as a file: append-only, and each line is on disk before write() returns.
#pragma once

#include "daemon/audit/audit_sink.hpp"

#include <filesystem>

namespace authzd {

class AuditFile final : public AuditSink {
 public:
  /// The first line opens the file, and creates it (mode 0640) if missing. Several processes may
  /// append to one file.
  explicit AuditFile(std::filesystem::path path) : path_(std::move(path)) {}
  AuditFile(const AuditFile&) = delete;
  AuditFile& operator=(const AuditFile&) = delete;
  ~AuditFile() override { close(); }

  /// If an incomplete line cannot be removed, because the file is append-only, it is terminated, so
  /// that the next line starts on its own.
  Result<AuditTail> tail() override;

  /// Writes to the file that has the name now, so that log rotation needs no signal; recreates a
  /// missing file. A line that does not fit on the disk leaves no part behind. Errors: unavailable,
  /// with the file name and the system's message; the file is opened again for the next line.
  Result<void> write(const AuditLine& line) override;

 private:
  Result<void> open();
  Result<std::size_t> ready();
  Result<std::string> take_cut(std::size_t whole, std::string cut);
  void close();
  Result<void> append(std::string_view text);
  Error problem(std::string_view doing);

  std::filesystem::path path_;
  int file_ = -1;
  std::size_t known_size_ = 0;  // of the open file, when it ended with `last_`
  std::string last_;
};

}  // namespace authzd
