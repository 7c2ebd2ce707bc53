// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 11 of the schema: how a revision reaches the accounts, wave by wave; the revisions that
// the accounts of a fleet were read from; changes of ours that IAM dates in the future.
#pragma once

namespace authzd {

inline constexpr const char* kVersion11 = R"sql(
CREATE TABLE rollouts (                   -- of the newest revision; of all accounts
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision TEXT NOT NULL,
  began INTEGER NOT NULL,
  rules TEXT NOT NULL,                    -- digest: with other waves their times start again
  is_paused INTEGER NOT NULL,
  is_promoted INTEGER NOT NULL,
  is_urgent INTEGER NOT NULL,
  is_complete INTEGER NOT NULL,
  is_fresh INTEGER NOT NULL,              -- the one before was complete
  who TEXT NOT NULL,                      -- paused, resumed or promoted it last; '': nobody
  word TEXT NOT NULL,                     -- what that person asked for
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE rollout_waves (
  wave INTEGER PRIMARY KEY,
  complete INTEGER NOT NULL               -- since when it and all before it are
) STRICT, WITHOUT ROWID;
CREATE TABLE rollout_accounts (
  account TEXT PRIMARY KEY,
  revision TEXT NOT NULL,                 -- taken last, or on the way
  earlier TEXT NOT NULL,                  -- what was in force when it was taken
  reached TEXT NOT NULL,                  -- narrowing, taken, done
  marks TEXT NOT NULL,                    -- of the trouble after the last cycle, a line each
  before TEXT NOT NULL,                   -- of that which was there when it was taken
  trouble TEXT NOT NULL,                  -- held, stalled, failed; '': none
  why TEXT NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE fleet_accounts ADD COLUMN is_named_by_id INTEGER NOT NULL DEFAULT 0;
CREATE TABLE fleet_revisions (            -- that fleet_accounts were read from
  part TEXT PRIMARY KEY,
  revision TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE changes_ahead (              -- of ours, that the state accounts for
  account TEXT NOT NULL,
  policy TEXT NOT NULL,
  at INTEGER NOT NULL,                    -- as IAM says, though it had not come when IAM said so
  PRIMARY KEY (account, policy, at)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace authzd
