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

  /// Where a part of a line cannot be taken away, as the file may only be appended to, it is ended,
  /// so that the next line begins on its own.
  Result<AuditTail> tail() override;

  /// The line goes to whatever has the file's name now, so that rotating the log needs no signal; a
  /// file that is gone is made again. A line that does not fit on the disk leaves no part of it
  /// behind. Errors: unavailable, naming the file and what the system said; the file is opened
  /// again for the next line.
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
