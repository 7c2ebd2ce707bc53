// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 5 of the schema: who wrote the ends, and what was applied.
#pragma once

namespace authzd {

inline constexpr const char* kVersion5 = R"sql(
CREATE TABLE end_authors (                -- of the revisions that each end came with
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  address TEXT NOT NULL,                  -- empty: somebody whom nobody knows
  is_committer INTEGER NOT NULL,
  PRIMARY KEY (account, key, address, is_committer)
) STRICT, WITHOUT ROWID;
INSERT INTO end_authors (account, key, address, is_committer)
  SELECT account, key, '', 0 FROM ends;
ALTER TABLE revisions ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE writes ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
)sql";

}  // namespace authzd
