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

/// `2026-11-23T22:51:12Z INFO  [account run] message key=value`; seconds are enough for a person.
std::string human_line(Timestamp time,
                       LogLevel level,
                       std::string_view message,
                       const Fields& standing,
                       std::initializer_list<LogField> fields) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  std::string line = to_rfc3339(seconds) + " " + std::string(column_of(level)) + " ";
  std::vector<std::string> who;
  for (const auto& field : standing) who.push_back(shown(field.second));
  if (!who.empty()) line += "[" + join(who, " ") + "] ";
  line += printable(message);
  for (const auto& [name, value] : fields) line += " " + printable(name) + "=" + shown(value);
  return line;
}

}  // namespace

Log Log::to_stderr(bool json, LogLevel level) {
  auto logger =
      std::make_shared<spdlog::logger>("authzd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%v");
  logger->flush_on(spdlog::level::trace);
  const auto sink = [logger](std::string_view line) {
    logger->log(spdlog::level::critical, spdlog::string_view_t(line.data(), line.size()));
  };
  const auto now = [] {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  };
  return to_sink(sink, now, json, level);
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
  const auto form = target_->json ? json_line : human_line;
  target_->sink(form(target_->now(), level, message, standing, fields));
}

}  // namespace authzd
