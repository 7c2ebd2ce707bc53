// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/schema.hpp"

#include "daemon/state/approval_seal.hpp"
#include "daemon/state/database.hpp"
#include "daemon/state/schema_10.hpp"
#include "daemon/state/schema_11.hpp"
#include "daemon/state/schema_5.hpp"
#include "daemon/state/schema_6.hpp"
#include "daemon/state/schema_7.hpp"
#include "daemon/state/schema_8.hpp"
#include "daemon/state/schema_9.hpp"
#include "daemon/state/sqlite_errors.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace authzd {
namespace {

constexpr std::int64_t kApplicationId = 0x617a6432;  // "azd2", in the header of the file

// Times are milliseconds of UTC. daemon/state/state_codec writes texts in JSON.
constexpr const char* kVersion1 = R"sql(
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
)sql";

// `undoes`: the run that this one reverted.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE runs ADD COLUMN undoes TEXT NOT NULL DEFAULT '';
)sql";

constexpr const char* kVersion3 = R"sql(
CREATE TABLE notices (                    -- the last one of each kind that was told
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  content TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, kind)
) STRICT, WITHOUT ROWID;
)sql";

// Ends that were announced without a time must be unchanged for another window. Older approvals
// become approvals of one unknown person, and are sealed below.
constexpr const char* kVersion4 = R"sql(
DROP TABLE announced_expiries;

CREATE TABLE ends (                       -- of the revision applied last
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  ends INTEGER NOT NULL,
  since INTEGER NOT NULL,                 -- when this end first stood in an applied revision
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE wanted_removals (            -- deletes and narrowings that the last cycle wanted
  account TEXT NOT NULL, action TEXT NOT NULL, -- a hash
  since INTEGER NOT NULL,                 -- when exactly this was first wanted
  PRIMARY KEY (account, action)
) STRICT, WITHOUT ROWID;

CREATE TABLE uses (                       -- the latest use that IAM told of each policy
  account TEXT NOT NULL, policy TEXT NOT NULL,
  key TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (account, policy)
) STRICT, WITHOUT ROWID;
CREATE INDEX uses_by_key ON uses (account, key);

CREATE TABLE written (                    -- policies of ours as our last write left them
  account TEXT NOT NULL,
  policy TEXT NOT NULL,
  key TEXT NOT NULL,
  content TEXT NOT NULL,                  -- JSON
  PRIMARY KEY (account, policy)
) STRICT, WITHOUT ROWID;
CREATE INDEX written_by_key ON written (account, key);

CREATE TABLE trusted_times (              -- the latest at which IAM's clock and ours agreed
  account TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE refused_revisions (          -- the last one that was read and not taken
  account TEXT PRIMARY KEY,
  revision TEXT NOT NULL,
  judge TEXT NOT NULL,                    -- digest of version, paths and limits
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL                     -- '': no attempt came to its end
) STRICT, WITHOUT ROWID;

CREATE TABLE refused_diagnostics (
  account TEXT NOT NULL,
  position INTEGER NOT NULL,
  severity INTEGER NOT NULL,              -- 0 error, 1 warning
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  column_number INTEGER NOT NULL,
  message TEXT NOT NULL,
  hint TEXT NOT NULL,
  PRIMARY KEY (account, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE newest_changes (             -- of ours in IAM, that the state accounts for
  account TEXT PRIMARY KEY,
  at INTEGER NOT NULL                     -- by IAM's clock
) STRICT, WITHOUT ROWID;

CREATE TABLE distrusted_states (          -- a change of ours that the state did not know of
  account TEXT PRIMARY KEY,
  policy TEXT NOT NULL,
  changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE given_keys (                 -- what the applied revision gave to each document
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  file TEXT NOT NULL,
  key TEXT NOT NULL,
  roles TEXT NOT NULL DEFAULT '',         -- that its manifest writes, a line each
  PRIMARY KEY (account, name, file, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE approvers (                  -- who let it through: each person once
  approval INTEGER NOT NULL REFERENCES approvals (n) ON DELETE CASCADE,
  login_uid INTEGER NOT NULL,             -- -1: nobody knows who logged in
  who TEXT NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER,                          -- NULL: for good
  seal TEXT NOT NULL,                     -- of a row that authzd wrote (approval_seal.hpp)
  PRIMARY KEY (approval, login_uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE authors (                    -- of what was committed since nothing was held
  account TEXT NOT NULL,
  address TEXT NOT NULL,                  -- empty: somebody whom nobody knows
  is_committer INTEGER NOT NULL,
  PRIMARY KEY (account, address, is_committer)
) STRICT, WITHOUT ROWID;
INSERT INTO authors (account, address, is_committer)
  SELECT DISTINCT account, '', 0 FROM revisions;
INSERT INTO approvers (approval, login_uid, who, at, until, seal)
  SELECT n, -1, who, at, until, '' FROM approvals;
)sql";

constexpr std::array<const char*, 11> kVersions{kVersion1,
                                                kVersion2,
                                                kVersion3,
                                                kVersion4,
                                                kVersion5,
                                                kVersion6,
                                                kVersion7,
                                                kVersion8,
                                                kVersion9,
                                                kVersion10,
                                                kVersion11};
constexpr std::size_t kSealedSince = 4;

Result<std::int64_t> read_number(Database& database, const char* query) {
  const auto found =
      database.first<std::int64_t>(query, {}, [](const SqlRow& row) { return row.number(0); });
  if (!found) return found.error();
  return found->value_or(0);
}

Error of_another_program(const std::string& path) {
  return {ErrorCode::invalid_config,
          "the state " + path + " is a database of another program; name another file"};
}

Error of_a_newer_version(const std::string& path, std::int64_t version) {
  return {ErrorCode::invalid_config,
          "the state " + path + " is of version " + std::to_string(version) +
              ", written by a newer authzd; this one knows versions up to " +
              std::to_string(kVersions.size()) +
              ": install that authzd again, or restore the state from before it ran"};
}

/// One statement after the other; SQLite compiles one at a time.
Result<void> run_script(Database& database, std::string_view script) {
  while (true) {
    const auto end = script.find(";\n");
    if (end == std::string_view::npos) return {};
    const std::string statement(script.substr(0, end));
    if (auto done = database.run(statement.c_str()); !done) return done;
    script.remove_prefix(end + 1);
  }
}

}  // namespace

std::span<const char* const> schema_versions() {
  return kVersions;
}

Result<void> check_file(Database& database, const std::string& path) {
  const auto application = read_number(database, "PRAGMA application_id");
  if (!application) return application.error();
  const auto version = read_number(database, "PRAGMA user_version");
  if (!version) return version.error();
  const auto tables = read_number(database, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  const bool is_empty = *application == 0 && *version == 0 && *tables == 0;
  if (!is_empty && *application != kApplicationId) return of_another_program(path);
  if (*version > static_cast<std::int64_t>(kVersions.size())) {
    return of_a_newer_version(path, *version);
  }
  const auto found = database.first<std::string>(
      "PRAGMA quick_check(1)", {}, [](const SqlRow& row) { return row.text(0); });
  if (!found) return found.error();
  if (found->value_or("") != "ok") return damaged_error(path, found->value_or("no answer"));
  return {};
}

Result<void> migrate(Database& database, const std::string& path) {
  const auto version = read_number(database, "PRAGMA user_version");
  if (!version) return version.error();
  const auto from = static_cast<std::size_t>(*version);
  if (from >= kVersions.size()) return {};
  auto done = database.atomically([&]() -> Result<void> {
    for (std::size_t i = from; i < kVersions.size(); ++i) {
      if (auto ran = run_script(database, kVersions.at(i)); !ran) return ran;
    }
    if (from < kSealedSince) {
      if (auto sealed = seal_earlier_approvals(database); !sealed) return sealed;
    }
    const std::string application = "PRAGMA application_id = " + std::to_string(kApplicationId);
    const std::string reached = "PRAGMA user_version = " + std::to_string(kVersions.size());
    if (auto set = database.run(application.c_str()); !set) return set;
    return database.run(reached.c_str());
  });
  if (done) return {};
  return std::move(done).error().context("bringing the state " + path + " up to date");
}

}  // namespace authzd
