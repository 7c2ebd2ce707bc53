// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/account_state.hpp"

#include <utility>

namespace authzd {
namespace {

// ?1 account, ?2 number of runs to keep, ?3 the step, ?4 the oldest time to keep.
constexpr const char* kQuietRuns = R"sql(
DELETE FROM runs WHERE n IN (
  SELECT n FROM runs r WHERE account = ?1 AND ended IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM actions a WHERE a.run = r.n AND a.sent IS NOT NULL)
  ORDER BY n DESC LIMIT ?3 OFFSET ?2))sql";

constexpr const char* kOldRuns = R"sql(
DELETE FROM runs WHERE ended < ?4 AND n IN (
  SELECT n FROM runs r WHERE account = ?1 AND ended IS NOT NULL
    AND EXISTS (SELECT 1 FROM actions a WHERE a.run = r.n AND a.sent IS NOT NULL)
    AND NOT EXISTS (
      SELECT 1 FROM actions a WHERE a.run = r.n AND a.sent IS NOT NULL AND a.ended IS NULL)
  ORDER BY n DESC LIMIT ?3 OFFSET ?2))sql";

constexpr const char* kSettledWrites = "DELETE FROM own_writes WHERE account = ?1 AND at < ?2";

constexpr const char* kOldUses = "DELETE FROM uses WHERE account = ?1 AND at < ?2";

constexpr const char* kUnnamedCommits = R"sql(
DELETE FROM commits WHERE account = ?1
  AND id NOT IN (SELECT revision FROM runs WHERE account = ?1)
  AND id NOT IN (SELECT revision FROM revisions WHERE account = ?1))sql";

// ?1 account, ?2 the oldest time to keep.
constexpr const char* kPassedBy[] = {
    R"sql(DELETE FROM perhaps_written WHERE account = ?1 AND policy IN
        (SELECT id FROM policies WHERE account = ?1 AND gone < ?2))sql",
    R"sql(DELETE FROM written WHERE account = ?1 AND policy IN
        (SELECT id FROM policies WHERE account = ?1 AND gone < ?2))sql",
    "DELETE FROM policies WHERE account = ?1 AND gone < ?2",
    "DELETE FROM ours_counts WHERE account = ?1 AND at < ?2",
    "DELETE FROM approvals WHERE account = ?1 AND until < ?2"};

}  // namespace

Result<void> forget_old(Database& database,
                        const AccountId& account,
                        const Retention& retention,
                        Timestamp now) {
  const Timestamp oldest = now - retention.age;
  return database.atomically([&]() -> Result<void> {
    auto quiet = database.run(kQuietRuns, {account.value, retention.runs, retention.step});
    if (!quiet) return quiet;
    auto old = database.run(kOldRuns, {account.value, retention.runs, retention.step, oldest});
    if (!old) return old;
    const Timestamp settled = now - retention.settle;
    auto writes = database.run(kSettledWrites, {account.value, settled});
    if (!writes) return writes;
    auto uses = database.run(kOldUses, {account.value, now - retention.uses});
    if (!uses) return uses;
    auto commits = database.run(kUnnamedCommits, {account.value});
    if (!commits) return commits;
    for (const char* statement : kPassedBy) {
      if (auto forgot = database.run(statement, {account.value, oldest}); !forgot) return forgot;
    }
    return {};
  });
}

AccountState::AccountState(const std::shared_ptr<Database>& database, const AccountId& account)
    : runs(database, account),
      past(database, account),
      policies(database, account),
      revisions(database, account),
      commits(database, account),
      refusals(database, account),
      approvals(database, account),
      pins(database, account),
      histories(database, account),
      instances(database, account),
      times(database, account),
      rails(database, account),
      written(database, account),
      changes(database, account),
      suspensions(database),
      database_(database),
      account_(account) {}

Result<void> AccountState::forget_old(Timestamp now, const Retention& retention) {
  return authzd::forget_old(*database_, account_, retention, now);
}

Result<std::unique_ptr<AccountState>> state_in_memory(const AccountId& account) {
  auto database = Database::open({});
  if (!database) return std::move(database).error();
  return std::make_unique<AccountState>(*database, account);
}

}  // namespace authzd
