// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The tables of the state, and how a file of an earlier version is brought up to date.
#pragma once

#include "reconciler/base/result.hpp"

#include <span>
#include <string>

namespace authzd {

class Database;

/// The SQL that leads to each version from the one before it; the first leads from an empty file.
/// What has been released is never changed: a new version is a new entry.
std::span<const char* const> schema_versions();

/// That the file is a sound state of authzd, or empty. Changes nothing.
/// Errors: invalid_config for a damaged file, another program's, or a newer authzd's.
Result<void> check_file(Database& database, const std::string& path);

/// Brings the schema to the newest version, in one transaction.
Result<void> migrate(Database& database, const std::string& path);

}  // namespace authzd
