// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// SQLite's codes as errors with a remedy for the operator.
#pragma once

#include "reconciler/base/error.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// `code` is SQLite's extended code, `message` its text, `path` the file.
Error sql_error(int code, std::string_view message, const std::string& path);

Error damaged_error(const std::string& path, std::string_view how);
Error no_wal_error(const std::string& path);

}  // namespace authzd
