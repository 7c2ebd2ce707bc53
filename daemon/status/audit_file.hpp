// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The audit log as a file: lines are only ever appended, and each is on the disk before write()
// returns.
#pragma once

#include "daemon/status/audit_sink.hpp"

#include <filesystem>

namespace authzd {

class AuditFile final : public AuditSink {
 public:
  /// The file is opened, and made (mode 0640) where it is missing, by the first line. Several
  /// processes may append to one file.
  explicit AuditFile(std::filesystem::path path) : path_(std::move(path)) {}
  AuditFile(const AuditFile&) = delete;
  AuditFile& operator=(const AuditFile&) = delete;
  ~AuditFile() override { close(); }

  /// A part of a line that a full disk or a crash left behind stays, and the next line begins on
  /// its own. The line goes to whatever has the file's name now, so that whoever rotates the log
  /// need not tell us; a file that is gone is made anew. Errors: unavailable, naming the file and
  /// what the system said; the file is opened anew for the next line.
  Result<void> write(const AuditLine& line) override;

 private:
  Result<void> open();
  void close();
  Result<void> append(std::string_view text);
  Error problem(std::string_view doing);

  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace authzd
