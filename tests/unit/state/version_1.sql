-- A state as the first version left it: its schema, and one run that wrote.
CREATE TABLE runs (
  n INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  who TEXT NOT NULL,
  revision TEXT NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER,                          -- NULL: under way, or the process died
  plan_hash TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL DEFAULT 0,
  updated INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  conflicts INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, id)
) STRICT;
CREATE INDEX runs_by_time ON runs (account, began);

CREATE TABLE actions (                    -- those that were to be performed; none that was held
  run INTEGER NOT NULL REFERENCES runs (n) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  account TEXT NOT NULL,
  action TEXT NOT NULL,                   -- JSON
  counts_as TEXT NOT NULL,                -- for the rails: create, update, delete
  sent INTEGER,                           -- when the first write of it was about to be sent
  ended INTEGER,                          -- with a sent one and without an end: outcome unknown
  outcome TEXT,
  wrote INTEGER,
  detail TEXT,                            -- JSON: error, stored policy, ETag
  transaction_id TEXT,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX actions_by_sent ON actions (account, sent) WHERE sent IS NOT NULL;

CREATE TABLE writes (                     -- each request that may have changed IAM
  run INTEGER NOT NULL,
  number INTEGER NOT NULL,
  nth INTEGER NOT NULL,
  kind TEXT NOT NULL,
  sent INTEGER NOT NULL,
  PRIMARY KEY (run, number, nth),
  FOREIGN KEY (run, number) REFERENCES actions (run, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE policies (                   -- what we made or took over
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  origin TEXT NOT NULL,                   -- created, adopted
  etag TEXT NOT NULL,
  gone INTEGER,                           -- deleted or released at; NULL: ours
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_writes (                 -- the last write to each policy, for the overlay
  account TEXT NOT NULL,
  policy TEXT NOT NULL,
  at INTEGER NOT NULL,
  observed TEXT NOT NULL,                 -- JSON
  PRIMARY KEY (account, policy)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending_deletes (            -- sent, and not yet seen gone
  account TEXT NOT NULL,
  policy TEXT NOT NULL,
  since INTEGER NOT NULL,
  run TEXT NOT NULL,
  action TEXT NOT NULL,                   -- JSON
  PRIMARY KEY (account, policy)
) STRICT, WITHOUT ROWID;

CREATE TABLE revisions (
  account TEXT NOT NULL,
  role TEXT NOT NULL,                     -- good, applied, attempted
  revision TEXT NOT NULL,
  at INTEGER NOT NULL,
  error TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (account, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE good_files (                 -- the text of the good revision
  account TEXT NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (account, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE protect_releases (           -- when a revision without `protect` was first applied
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE announced_expiries (         -- applied while still to come
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account, key, expires_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE approvals (
  n INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,                     -- hold, revision, firstDeletes
  subject TEXT NOT NULL,                  -- the hold's hash, the revision, or nothing
  rail TEXT NOT NULL,
  who TEXT NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER,                          -- NULL: for good
  UNIQUE (account, kind, subject)
) STRICT;

CREATE TABLE passes (                     -- of a hold: one for each action and rail
  approval INTEGER NOT NULL REFERENCES approvals (n) ON DELETE CASCADE,
  pass TEXT NOT NULL,                     -- a hash
  done INTEGER,
  PRIMARY KEY (approval, pass)
) STRICT, WITHOUT ROWID;

CREATE TABLE pins (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  run TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE suspensions (
  scope TEXT PRIMARY KEY,                 -- an account, or nothing for all of them
  who TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ours_counts (                -- how many policies are ours from then on
  account TEXT NOT NULL,
  at INTEGER NOT NULL,
  ours INTEGER NOT NULL,
  PRIMARY KEY (account, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE object_histories (
  account TEXT NOT NULL,
  object TEXT NOT NULL,
  signature TEXT NOT NULL,
  cycles INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  last_tried INTEGER,
  error TEXT NOT NULL,
  PRIMARY KEY (account, object)
) STRICT, WITHOUT ROWID;
INSERT INTO runs (n, account, id, kind, who, revision, began, ended, created)
VALUES (1, '0123456789abcdef0123456789abcdef', 'old', 'apply', 'ana', 'beef', 1000, 2000, 1);
INSERT INTO policies VALUES ('0123456789abcdef0123456789abcdef', 'p1', 'created', '1-a', NULL);
INSERT INTO approvals (n, account, kind, subject, rail, who, at, until)
VALUES (1, '0123456789abcdef0123456789abcdef', 'firstDeletes', '', '', 'ana', 1000, NULL);
PRAGMA application_id = 1635410994;
PRAGMA user_version = 1;
