// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 7 of the schema: what shows that a state is older than the account.
#pragma once

namespace authzd {

// Times are milliseconds of UTC, as in the earlier versions.
inline constexpr const char* kVersion7 = R"sql(
CREATE TABLE state_serial (               -- grows with each change (state_serial.hpp)
  one INTEGER PRIMARY KEY CHECK (one = 1),
  serial INTEGER NOT NULL
) STRICT;

CREATE TABLE last_looks (                 -- the last plan of the account while something waited
  account TEXT PRIMARY KEY,
  revision TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE used_identities (            -- that authzd worked with
  account TEXT NOT NULL, identity TEXT NOT NULL,
  PRIMARY KEY (account, identity)
) STRICT, WITHOUT ROWID;

ALTER TABLE written ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;
)sql";

}  // namespace authzd
