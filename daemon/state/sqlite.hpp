// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// SQLite's values and codes as ours: the parameters of a statement, the values of a row, and errors
// with a remedy for the operator.
#pragma once

#include "reconciler/base/error.hpp"
#include "reconciler/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

struct sqlite3_stmt;

namespace authzd {

/// A parameter of a statement. Text is referenced, not copied: it must outlive the call.
class SqlValue {
 public:
  SqlValue(std::nullopt_t) {}                                            // NOLINT(*-explicit-*)
  SqlValue(const char* text) : value_(std::string_view{text}) {}         // NOLINT(*-explicit-*)
  SqlValue(std::string_view text) : value_(text) {}                      // NOLINT(*-explicit-*)
  SqlValue(const std::string& text) : value_(std::string_view{text}) {}  // NOLINT(*-explicit-*)
  SqlValue(bool flag) : value_(std::int64_t{flag ? 1 : 0}) {}            // NOLINT(*-explicit-*)
  SqlValue(std::int64_t number) : value_(number) {}                      // NOLINT(*-explicit-*)
  SqlValue(std::size_t count)                                            // NOLINT(*-explicit-*)
      : value_(static_cast<std::int64_t>(count)) {}
  SqlValue(Timestamp time)  // NOLINT(*-explicit-*)
      : value_(std::int64_t{time.time_since_epoch().count()}) {}

  /// The value, or NULL.
  template <class T>
  SqlValue(const std::optional<T>& value)  // NOLINT(*-explicit-*)
      : SqlValue(value ? SqlValue(*value) : SqlValue(std::nullopt)) {}

  /// Binds it as the parameter of that number, from 1; returns SQLite's code.
  int bind(sqlite3_stmt* statement, int parameter) const;

 private:
  std::variant<std::monostate, std::int64_t, std::string_view> value_;
};

/// The current row of a query. Columns count from 0; NULL reads as 0 and as empty.
class SqlRow {
 public:
  explicit SqlRow(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] bool flag(int column) const { return number(column) != 0; }
  [[nodiscard]] std::size_t count(int column) const {
    return static_cast<std::size_t>(number(column));
  }
  [[nodiscard]] Timestamp time(int column) const {
    return Timestamp{std::chrono::milliseconds{number(column)}};
  }

 private:
  sqlite3_stmt* statement_;
};

/// `code` is SQLite's extended code, `message` its text, `path` the file.
Error sql_error(int code, std::string_view message, const std::string& path);

Error damaged_error(const std::string& path, std::string_view how);
Error no_wal_error(const std::string& path);

}  // namespace authzd
