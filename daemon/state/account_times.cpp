// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/account_times.hpp"

#include "daemon/state/approval_seal.hpp"
#include "daemon/state/rail_memory.hpp"
#include "daemon/state/revision_store.hpp"
#include "daemon/state/written_store.hpp"
#include "reconciler/base/trusted_time.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace authzd {

namespace {

constexpr std::chrono::hours kKeepEvery{1};

// Every time that affects a decision, except those of approvers, which are sealed. ?1 account, ?2
// the latest allowed time, ?3 now.
struct Entry {
  const char* find;
  const char* set_back;
};

constexpr const char* kCountAhead = "SELECT 1 FROM ours_counts WHERE account = ?1 AND at > ?2";

// Of several counts ahead, the newest becomes that of now.
constexpr Entry kEntries[] = {
    {"SELECT 1 FROM actions WHERE account = ?1 AND sent > ?2",
     "UPDATE actions SET sent = ?3 WHERE account = ?1 AND sent > ?2"},
    {"SELECT 1 FROM actions JOIN writes USING (run, number)"
     " WHERE account = ?1 AND actions.ended IS NULL AND writes.sent > ?2",
     "UPDATE writes SET sent = ?3 WHERE sent > ?2 AND EXISTS (SELECT 1 FROM actions a"
     " WHERE a.run = writes.run AND a.number = writes.number AND a.account = ?1)"},
    {"SELECT 1 FROM own_writes WHERE account = ?1 AND at > ?2",
     "UPDATE own_writes SET at = ?3 WHERE account = ?1 AND at > ?2"},
    {"SELECT 1 FROM pending_deletes WHERE account = ?1 AND since > ?2",
     "UPDATE pending_deletes SET since = ?3 WHERE account = ?1 AND since > ?2"},
    {"SELECT 1 FROM protect_releases WHERE account = ?1 AND at > ?2",
     "UPDATE protect_releases SET at = ?3 WHERE account = ?1 AND at > ?2"},
    {"SELECT 1 FROM approvals WHERE account = ?1 AND at > ?2",
     "UPDATE approvals SET until = ?3 + (until - at), at = ?3 WHERE account = ?1 AND at > ?2"},
    {kCountAhead,
     "DELETE FROM ours_counts WHERE account = ?1 AND (at = ?3 OR at > ?2) AND at <"
     " (SELECT max(last.at) FROM ours_counts last WHERE last.account = ?1 AND last.at > ?2)"},
    {kCountAhead, "UPDATE ours_counts SET at = ?3 WHERE account = ?1 AND at > ?2"},
    {"SELECT 1 FROM object_histories WHERE account = ?1 AND last_tried > ?2",
     "UPDATE object_histories SET last_tried = ?3 WHERE account = ?1 AND last_tried > ?2"},
};

}  // namespace

TimeStore::TimeStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<std::optional<Timestamp>> TimeStore::last_trusted() const {
  return database_->first<Timestamp>("SELECT at FROM trusted_times WHERE account = ?",
                                     {account_.value},
                                     [](const SqlRow& row) { return row.time(0); });
}

Result<void> TimeStore::take(Timestamp now) {
  // Two replies of IAM need not agree to the millisecond: a smaller lead passes by itself.
  const Timestamp latest = now + kMaxClockSkew;
  const auto is_ahead = has_entries_after(latest);
  if (!is_ahead) return is_ahead.error();
  if (*is_ahead) return set_back(latest, now);
  const auto last = last_trusted();
  if (!last) return last.error();
  const bool is_kept = *last && **last <= now && now - **last < kKeepEvery;
  return is_kept ? Result<void>{} : keep(now);
}

Result<void> TimeStore::keep(Timestamp now) {
  return database_->atomically([&] {
    return database_->run(
        "INSERT INTO trusted_times (account, at) VALUES (?, ?)"
        " ON CONFLICT (account) DO UPDATE SET at = excluded.at",
        {account_.value, now});
  });
}

Result<bool> TimeStore::has_entries_after(Timestamp latest) const {
  for (const Entry& entry : kEntries) {
    const auto found = database_->first<bool>(
        entry.find, {account_.value, latest}, [](const SqlRow&) { return true; });
    if (!found) return found.error();
    if (*found) return true;
  }
  return has_approver_after(*database_, account_, latest);
}

Result<void> TimeStore::set_back(Timestamp latest, Timestamp now) {
  return database_->atomically([&]() -> Result<void> {
    for (const Entry& entry : kEntries) {
      auto done = database_->run(entry.set_back, {account_.value, latest, now});
      if (!done) return done;
    }
    auto done = set_approvers_back(*database_, account_, latest, now);
    return done ? keep(now) : done;
  });
}

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
      "INSERT INTO distrusted_states (account, policy, changed) VALUES (?, ?, ?)"
      " ON CONFLICT (account) DO UPDATE SET policy = excluded.policy, changed = excluded.changed",
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

Result<void> ChangeMark::accept(const OwnChange& change, Timestamp now) {
  const auto trusted = TimeStore(database_, account_).last_trusted();
  if (!trusted) return trusted.error();
  const Timestamp has_come = *trusted ? std::min(now, **trusted + kKeepEvery) : now;
  if (change.at <= has_come + kMaxClockSkew) return raise(change.at);
  const auto known = ahead();
  if (!known) return known.error();
  const auto found = known->find(change.policy);
  if (found != known->end() && found->second.contains(change.at)) return {};
  return database_->atomically([&] {
    return database_->run("INSERT INTO changes_ahead (account, policy, at) VALUES (?, ?, ?)",
                          {account_.value, change.policy.value, change.at});
  });
}

Result<std::map<PolicyId, std::set<Timestamp>>> ChangeMark::ahead() const {
  std::map<PolicyId, std::set<Timestamp>> found;
  auto done =
      database_->each("SELECT policy, at FROM changes_ahead WHERE account = ?",
                      {account_.value},
                      [&](const SqlRow& row) { found[PolicyId{row.text(0)}].insert(row.time(1)); });
  if (!done) return std::move(done).error();
  return found;
}

Result<void> ChangeMark::end_ahead(Timestamp until) {
  return database_->atomically([&]() -> Result<void> {
    const auto newest = database_->first<Timestamp>(
        "SELECT at FROM changes_ahead WHERE account = ? AND at <= ? ORDER BY at DESC LIMIT 1",
        {account_.value, until},
        read_time);
    if (!newest) return newest.error();
    if (!*newest) return {};
    if (auto raised = raise(**newest); !raised) return raised;
    return database_->run("DELETE FROM changes_ahead WHERE account = ? AND at <= ?",
                          {account_.value, until});
  });
}

Result<void> ChangeMark::raise(Timestamp at) {
  const auto accepted = this->accepted();
  if (!accepted) return accepted.error();
  if (*accepted && **accepted >= at) return {};
  return database_->atomically([&] {
    return database_->run(
        "INSERT INTO newest_changes (account, at) VALUES (?, ?)"
        " ON CONFLICT (account) DO UPDATE SET at = excluded.at WHERE excluded.at > "
        "newest_changes.at",
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
    return raise(change.at);
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
