// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The log: one line an event, with fields. Human lines on a terminal, entries with fields in the
// systemd journal, JSON lines otherwise. spdlog is behind it; nothing else in the project includes
// spdlog. Remote text is made printable before it is written; secrets have no way in, because a
// Secret has no conversion to text.
#pragma once

#include "daemon/journal.hpp"
#include "reconciler/base/time.hpp"

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

enum class LogLevel { debug, info, warning, error };

using LogField = std::pair<std::string_view, std::string>;

/// A logger is a value: fields added with `with` stand on each of its lines (account, run).
class Log {
 public:
  /// Writes nowhere: for tests and for calls that log nothing.
  Log() = default;

  /// Writes to standard error; `json` picks the form.
  static Log to_stderr(bool json, LogLevel level);

  /// Sends each event as an entry of the journal: MESSAGE is the human line without its time and
  /// level, PRIORITY the level, and each field is AUTHZD_<NAME>. Long values are cut. An entry that
  /// the journal does not take goes to standard error as a human line.
  static Log to_journal(JournalSend send, LogLevel level);

  /// Hands each line (without its newline) to `sink`, with the time that `now` gives.
  static Log to_sink(std::function<void(std::string_view)> sink,
                     std::function<Timestamp()> now,
                     bool json,
                     LogLevel level);

  [[nodiscard]] Log with(std::string_view name, std::string value) const;

  /// A field whose value is read again for each line: the run that is under way. An empty one is
  /// left out.
  [[nodiscard]] Log with(std::string_view name, std::shared_ptr<const std::string> value) const;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const;

 private:
  void write(LogLevel level,
             std::string_view message,
             std::initializer_list<LogField> fields) const;

  struct Target;

  std::shared_ptr<const Target> target_;  // null: nowhere
  std::vector<std::pair<std::string, std::shared_ptr<const std::string>>> fields_;
};

}  // namespace authzd
