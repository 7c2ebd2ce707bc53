// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 10 of the schema: what the good revision was read with, and the accounts of a fleet.
#pragma once

namespace authzd {

// `traits`: the account's name, labels and parameters in JSON; empty: before there were any.
inline constexpr const char* kVersion10 = R"sql(
ALTER TABLE revisions ADD COLUMN traits TEXT NOT NULL DEFAULT '';
CREATE TABLE fleet_accounts (             -- that the configuration does not name
  part TEXT NOT NULL,                     -- what shows them: a file, or the profiles of a name
  position INTEGER NOT NULL,
  id TEXT NOT NULL,
  traits TEXT NOT NULL,                   -- JSON
  mode TEXT NOT NULL,
  profile TEXT NOT NULL,                  -- of a discovered one: what is assumed
  is_removed INTEGER NOT NULL,
  is_lost INTEGER NOT NULL,               -- it is no longer shown
  PRIMARY KEY (part, id)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace authzd
