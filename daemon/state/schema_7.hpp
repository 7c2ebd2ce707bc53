// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 7 of the schema: what shows that a state is older than the account.
#pragma once

namespace authzd {

// Times are milliseconds of UTC, as in the earlier versions.
inline constexpr const char* kVersion7 = R"sql(
ALTER TABLE written ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;
)sql";

}  // namespace authzd
