// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 9 of the schema: what people recognize commits by.
#pragma once

namespace authzd {

inline constexpr const char* kVersion9 = R"sql(
CREATE TABLE commits (                    -- of the revisions that this account has seen
  account TEXT NOT NULL,
  id TEXT NOT NULL,                       -- in full
  author TEXT NOT NULL,                   -- as the commit has it, and so is the rest
  subject TEXT NOT NULL,
  authored INTEGER NOT NULL,              -- 0: unknown
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace authzd
