// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 11 of the schema: what people grant for some hours.
#pragma once

namespace authzd {

inline constexpr const char* kVersion11 = R"sql(
CREATE TABLE break_glass (
  account TEXT NOT NULL,
  name TEXT NOT NULL,                     -- of the authorization that it makes
  who TEXT NOT NULL,
  login_uid INTEGER,                      -- NULL: unknown
  reason TEXT NOT NULL,
  made INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  manifest TEXT NOT NULL,
  over INTEGER,                           -- when it was seen gone or superseded; NULL: it is not
  how INTEGER NOT NULL DEFAULT 0,         -- 1: superseded
  PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace authzd
