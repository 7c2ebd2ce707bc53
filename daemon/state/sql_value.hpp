// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The values that statements take and rows return, whatever engine holds the state.
#pragma once

#include "reconciler/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace authzd {

/// A parameter of a statement. Text is referenced, not copied: it must outlive the call.
class SqlValue {
 public:
  using Held = std::variant<std::monostate, std::int64_t, std::string_view>;

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

  /// Nothing is NULL.
  [[nodiscard]] const Held& held() const { return value_; }

 private:
  Held value_;
};

/// The current row of a query. Columns count from 0; NULL reads as 0 and as empty.
class SqlRow {
 public:
  SqlRow() = default;
  virtual ~SqlRow() = default;
  SqlRow(const SqlRow&) = delete;
  SqlRow& operator=(const SqlRow&) = delete;

  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t number(int column) const = 0;
  [[nodiscard]] virtual std::string text(int column) const = 0;

  [[nodiscard]] bool flag(int column) const { return number(column) != 0; }
  [[nodiscard]] std::size_t count(int column) const {
    return static_cast<std::size_t>(number(column));
  }
  [[nodiscard]] Timestamp time(int column) const {
    return Timestamp{std::chrono::milliseconds{number(column)}};
  }
};

}  // namespace authzd
