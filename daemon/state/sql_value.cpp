// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/sql_value.hpp"

#include <sqlite3.h>

namespace authzd {

int SqlValue::bind(sqlite3_stmt* statement, int parameter) const {
  if (const auto* number = std::get_if<std::int64_t>(&value_)) {
    return sqlite3_bind_int64(statement, parameter, *number);
  }
  if (const auto* text = std::get_if<std::string_view>(&value_)) {
    // SQLITE_STATIC, which is a null: the text outlives the statement. Empty text is not NULL.
    const char* data = text->data() == nullptr ? "" : text->data();
    return sqlite3_bind_text64(statement, parameter, data, text->size(), nullptr, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, parameter);
}

bool SqlRow::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t SqlRow::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string SqlRow::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr || size <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

}  // namespace authzd
