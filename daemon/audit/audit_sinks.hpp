// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The destinations of audit lines: a file and the systemd journal.
#pragma once

#include "daemon/journal.hpp"
#include "reconciler/base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

/// One line of the audit log; for the journal, the same as a text and as fields.
struct AuditLine {
  std::string json;  // without its newline
  std::vector<std::pair<std::string_view, std::string>> fields;
  std::string text = {};
};

/// The end of a log.
struct AuditTail {
  std::string last;  // its last complete line; empty: there is none, or the sink cannot be read
  std::string cut;   // an incomplete line after it, which was removed
};

class AuditSink {
 public:
  virtual ~AuditSink() = default;

  /// Prepares the log for the next line: removes and returns an incomplete line that a full disk or
  /// a crash left behind. Errors: as write().
  virtual Result<AuditTail> tail() { return AuditTail{}; }

  /// Returns when the line is stored durably. An error means that it may not be.
  virtual Result<void> write(const AuditLine& line) = 0;
};

/// The audit log as a file: append-only, and each line is on disk before write() returns.
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

/// Of every audit line, intents and outcomes.
inline constexpr std::string_view kAuditMessageId = "4a1f1e6a5c0b4b0f9d3c8e7a2b6d5f10";

/// The field of a journal entry that has the JSON line; MESSAGE has the text.
inline constexpr std::string_view kAuditField = "AUTHZD_AUDIT";

/// The audit log in the systemd journal: each line is an entry with fields, found by `journalctl
/// MESSAGE_ID=4a1f1e6a5c0b4b0f9d3c8e7a2b6d5f10` or AUTHZD_ACCOUNT=….
class AuditJournal final : public AuditSink {
 public:
  explicit AuditJournal(JournalSend send) : send_(std::move(send)) {}

  /// Errors: unavailable, if the journal refuses the entry.
  Result<void> write(const AuditLine& line) override;

 private:
  JournalSend send_;
};

}  // namespace authzd
