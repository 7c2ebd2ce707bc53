// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/log.hpp"

#include "reconciler/base/text.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>

namespace authzd {

struct Log::Target {
  std::function<void(std::string_view)> sink;
  std::function<Timestamp()> now;
  bool json = false;
  LogLevel level = LogLevel::info;
  JournalSend send = {};  // empty: every line goes to the sink
};

namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "error";
}

std::string_view column_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "DEBUG";
    case LogLevel::info: return "INFO ";
    case LogLevel::warning: return "WARN ";
    case LogLevel::error: return "ERROR";
  }
  return "ERROR";
}

/// A value that a person can tell from its neighbours without quotes stays without them.
std::string shown(std::string_view value) {
  const bool plain = !value.empty() && value.find_first_of(" \"=\t\r\n") == std::string_view::npos;
  return plain ? printable(value) : quote(value);
}

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string json_line(Timestamp time,
                      LogLevel level,
                      std::string_view message,
                      const Fields& standing,
                      std::initializer_list<LogField> fields) {
  std::string line;
  const auto add = [&line](std::string_view name, std::string_view value) {
    line += (line.empty() ? "{" : ",") + quote(name) + ":" + quote(value);
  };
  add("time", to_rfc3339(time));
  add("level", name_of(level));
  for (const auto& [name, value] : standing) add(name, value);
  add("message", message);
  for (const auto& [name, value] : fields) add(name, value);
  return line + "}";
}

/// `[account run] message key=value`.
template <class ManyFields>
std::string human_text(std::string_view message, const Fields& standing, const ManyFields& fields) {
  std::string text;
  std::vector<std::string> who;
  for (const auto& field : standing) who.push_back(shown(field.second));
  if (!who.empty()) text += "[" + join(who, " ") + "] ";
  text += printable(message);
  for (const auto& [name, value] : fields) text += " " + printable(name) + "=" + shown(value);
  return text;
}

/// `2026-11-23T22:51:12Z INFO  [account run] message key=value`; seconds are enough for a person.
std::string human_line(Timestamp time,
                       LogLevel level,
                       std::string_view message,
                       const Fields& standing,
                       std::initializer_list<LogField> fields) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return to_rfc3339(seconds) + " " + std::string(column_of(level)) + " " +
         human_text(message, standing, fields);
}

/// As in syslog(3).
char priority_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return '7';
    case LogLevel::info: return '6';
    case LogLevel::warning: return '4';
    case LogLevel::error: return '3';
  }
  return '3';
}

/// What remote text may take in the journal, in bytes; an unsafe one becomes four.
constexpr std::size_t kMostOfField = std::size_t{8} << 10U;

std::string bounded(std::string_view text) {
  if (text.size() <= kMostOfField) return std::string(text);
  return std::string(whole_characters(text, kMostOfField)) + "…";
}

std::vector<std::string> journal_entry(LogLevel level,
                                       std::string_view message,
                                       const Fields& standing,
                                       std::initializer_list<LogField> fields) {
  Fields own;
  for (const auto& [name, value] : fields) own.emplace_back(name, bounded(value));
  std::vector<std::string> entry{"MESSAGE=" + human_text(bounded(message), standing, own),
                                 std::string("PRIORITY=") + priority_of(level),
                                 "SYSLOG_IDENTIFIER=authzd"};
  const auto add = [&entry](std::string_view name, std::string_view value) {
    entry.push_back(journal_field_name(name) + "=" + printable(value));
  };
  for (const auto& [name, value] : standing) add(name, value);
  for (const auto& [name, value] : own) add(name, value);
  return entry;
}

std::function<void(std::string_view)> standard_error() {
  auto logger =
      std::make_shared<spdlog::logger>("authzd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%v");
  logger->flush_on(spdlog::level::trace);
  return [logger](std::string_view line) {
    logger->log(spdlog::level::critical, spdlog::string_view_t(line.data(), line.size()));
  };
}

Timestamp wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

Log Log::to_stderr(bool json, LogLevel level) {
  return to_sink(standard_error(), wall_clock, json, level);
}

Log Log::to_journal(JournalSend send, LogLevel level) {
  Log log;
  Target target{standard_error(), wall_clock, false, level, std::move(send)};
  log.target_ = std::make_shared<const Target>(std::move(target));
  return log;
}

Log Log::to_sink(std::function<void(std::string_view)> sink,
                 std::function<Timestamp()> now,
                 bool json,
                 LogLevel level) {
  Log log;
  Target target{std::move(sink), std::move(now), json, level};
  log.target_ = std::make_shared<const Target>(std::move(target));
  return log;
}

Log Log::with(std::string_view name, std::string value) const {
  return with(name, std::make_shared<const std::string>(std::move(value)));
}

Log Log::with(std::string_view name, std::shared_ptr<const std::string> value) const {
  Log log = *this;
  if (log.target_) log.fields_.emplace_back(name, std::move(value));
  return log;
}

void Log::debug(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::debug, message, fields);
}

void Log::info(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::info, message, fields);
}

void Log::warning(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::warning, message, fields);
}

void Log::error(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::error, message, fields);
}

void Log::write(LogLevel level,
                std::string_view message,
                std::initializer_list<LogField> fields) const {
  if (!target_ || level < target_->level) return;
  Fields standing;
  for (const auto& [name, value] : fields_) {
    if (!value->empty()) standing.emplace_back(name, *value);
  }
  if (target_->send && target_->send(journal_entry(level, message, standing, fields)) >= 0) return;
  const auto form = target_->json ? json_line : human_line;
  target_->sink(form(target_->now(), level, message, standing, fields));
}

}  // namespace authzd
