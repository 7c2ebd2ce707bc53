// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 8 of the schema: writes that nobody saw done, and that may have been.
#pragma once

namespace authzd {

// An action of outcome "Unknown" has no end until a read tells, as that of a killed process. The
// earlier ones are read again, unless a later write of the policy has passed them by; until then
// they count as unknown, and not as failed.
inline constexpr const char* kVersion8 = R"sql(
CREATE TABLE perhaps_written (            -- what such a write would have left of a policy of ours
  account TEXT NOT NULL,
  policy TEXT NOT NULL,
  content TEXT NOT NULL,                  -- JSON
  PRIMARY KEY (account, policy, content)
) STRICT, WITHOUT ROWID;

UPDATE actions SET ended = NULL WHERE outcome = 'Unknown' AND NOT EXISTS (
  SELECT 1 FROM actions later WHERE later.account = actions.account AND later.sent > actions.sent
    AND json_extract(later.action, '$.key') = json_extract(actions.action, '$.key'));

UPDATE runs SET failed = max(failed - (SELECT count(*) FROM actions WHERE run = n
    AND outcome = 'Unknown' AND ended IS NULL), 0) WHERE ended IS NOT NULL;
)sql";

}  // namespace authzd
