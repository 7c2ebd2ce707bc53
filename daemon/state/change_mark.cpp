// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/change_mark.hpp"

#include "daemon/state/rail_memory.hpp"
#include "daemon/state/revision_store.hpp"
#include "daemon/state/written_store.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

// ?1 account, ?2 the earliest relevant time.
constexpr const char* kLastUntoldWrite =
    "SELECT sent FROM actions WHERE account = ?1 AND sent > ?2"
    " AND (ended IS NULL OR (wrote = 1 AND outcome NOT IN ('Done', 'Restored')))"
    " ORDER BY sent DESC LIMIT 1";

Timestamp read_time(const SqlRow& row) {
  return row.time(0);
}

/// The decisions of people, and the times, that an older state has no longer count.
Result<void> void_memory(const std::shared_ptr<Database>& database,
                         const AccountId& account,
                         const OwnChange& change) {
  for (const char* statement :
       {"DELETE FROM approvals WHERE account = ?", "DELETE FROM pins WHERE account = ?"}) {
    if (auto done = database->run(statement, {account.value}); !done) return done;
  }
  if (auto done = RailMemory(database, account).restart(); !done) return done;
  if (auto done = RevisionStore(database, account).restart_releases(); !done) return done;
  if (auto done = WrittenStore(database, account).doubt_all(); !done) return done;
  return database->run(
      "INSERT OR REPLACE INTO distrusted_states (account, policy, changed) VALUES (?, ?, ?)",
      {account.value, change.policy.value, change.at});
}

}  // namespace

ChangeMark::ChangeMark(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<std::optional<Timestamp>> ChangeMark::accounted_until(
    std::chrono::milliseconds settle) const {
  auto accepted = this->accepted();
  if (!accepted || !*accepted) return accepted;
  const auto untold = database_->first<Timestamp>(
      kLastUntoldWrite, {account_.value, **accepted - settle}, read_time);
  if (!untold) return untold.error();
  if (*untold) **accepted = std::max(**accepted, **untold + settle);
  return accepted;
}

Result<void> ChangeMark::accept(Timestamp at) {
  const auto accepted = this->accepted();
  if (!accepted) return accepted.error();
  if (*accepted && **accepted >= at) return {};
  return database_->atomically([&] {
    return database_->run(
        "INSERT INTO newest_changes (account, at) VALUES (?, ?)"
        " ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
        {account_.value, at});
  });
}

Result<std::optional<Timestamp>> ChangeMark::accepted() const {
  return database_->first<Timestamp>(
      "SELECT at FROM newest_changes WHERE account = ?", {account_.value}, read_time);
}

Result<void> ChangeMark::distrust(const OwnChange& change) {
  const auto accepted = this->accepted();
  if (!accepted) return accepted.error();
  if (*accepted && **accepted >= change.at) return {};
  return database_->atomically([&]() -> Result<void> {
    if (auto done = void_memory(database_, account_, change); !done) return done;
    return accept(change.at);
  });
}

Result<void> ChangeMark::distrust_older_copy() {
  return database_->atomically([&] { return void_memory(database_, account_, OwnChange{}); });
}

Result<std::set<IamId>> ChangeMark::used_identities() const {
  std::set<IamId> found;
  auto done = database_->each("SELECT identity FROM used_identities WHERE account = ?",
                              {account_.value},
                              [&](const SqlRow& row) { found.insert(IamId{row.text(0)}); });
  if (!done) return std::move(done).error();
  return found;
}

Result<void> ChangeMark::keep_identity(const IamId& identity) {
  const auto used = used_identities();
  if (!used) return used.error();
  if (identity.empty() || used->contains(identity)) return {};
  return database_->atomically([&] {
    return database_->run("INSERT INTO used_identities (account, identity) VALUES (?, ?)",
                          {account_.value, identity.value});
  });
}

Result<std::optional<OwnChange>> ChangeMark::distrusted() const {
  return database_->first<OwnChange>(
      "SELECT policy, changed FROM distrusted_states WHERE account = ?",
      {account_.value},
      [](const SqlRow& row) {
        return OwnChange{PolicyId{row.text(0)}, row.time(1)};
      });
}

}  // namespace authzd
