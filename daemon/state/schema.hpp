// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The tables of the state, and the migrations from earlier versions.
#pragma once

#include "reconciler/base/result.hpp"

#include <span>
#include <string>

namespace authzd {

class Database;

/// The SQL from each version to the next; the first starts from an empty file. Never change a
/// released entry: a new version is a new entry.
std::span<const char* const> schema_versions();

/// Checks that the file is a valid state of authzd, or empty. Changes nothing. Errors:
/// invalid_config for a damaged file, another program's, or a newer authzd's.
Result<void> check_file(Database& database, const std::string& path);

/// Updates the schema to the newest version, in one transaction.
Result<void> migrate(Database& database, const std::string& path);

}  // namespace authzd
