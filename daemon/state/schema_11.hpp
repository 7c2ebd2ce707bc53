// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 11 of the schema: changes of ours that IAM dates in the future, and the revisions that
// the accounts of a fleet were read from.
#pragma once

namespace authzd {

inline constexpr const char* kVersion11 = R"sql(
CREATE TABLE changes_ahead (              -- of ours, that the state accounts for
  account TEXT NOT NULL,
  policy TEXT NOT NULL,
  at INTEGER NOT NULL,                    -- as IAM says, though it had not come when IAM said so
  PRIMARY KEY (account, policy, at)
) STRICT, WITHOUT ROWID;
ALTER TABLE fleet_accounts ADD COLUMN is_named_by_id INTEGER NOT NULL DEFAULT 0;
CREATE TABLE fleet_revisions (            -- that fleet_accounts were read from
  part TEXT PRIMARY KEY,
  revision TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace authzd
