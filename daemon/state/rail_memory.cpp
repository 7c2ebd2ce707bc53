// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/rail_memory.hpp"

#include "daemon/state/revision_store.hpp"

#include <utility>

namespace authzd {
namespace {

/// Later than every time: such an end starts to count when it is applied again.
constexpr Timestamp kNotStanding{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

/// A time written by a clock that was ahead counts as now.
bool is_ahead(Timestamp since, std::optional<Timestamp> now) {
  return now && since > *now;
}

}  // namespace

RailMemory::RailMemory(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<std::map<Key, StandingEnd>> RailMemory::ends() const {
  std::map<Key, StandingEnd> found;
  auto done = database_->each(
      "SELECT key, ends, since FROM ends WHERE account = ?",
      {account_.value},
      [&](const SqlRow& row) {
        found.emplace(Key::from_text(row.text(0)), StandingEnd{row.time(1), row.time(2)});
      });
  if (!done) return std::move(done).error();
  return found;
}

Result<void> RailMemory::keep_ends(const std::map<Key, Timestamp>& ends,
                                   std::optional<Timestamp> now) {
  const auto kept = this->ends();
  if (!kept) return kept.error();
  std::vector<Key> over;
  std::map<Key, Timestamp> fresh;
  for (const auto& [key, standing] : *kept) {
    const auto end = ends.find(key);
    if (end == ends.end() || end->second != standing.at) over.push_back(key);
  }
  for (const auto& [key, at] : ends) {
    const auto standing = kept->find(key);
    const bool stands = standing != kept->end() && standing->second.at == at &&
                        !is_ahead(standing->second.since, now);
    if (!stands && now) fresh.emplace(key, at);
  }
  if (over.empty() && fresh.empty()) return {};
  return database_->atomically([&]() -> Result<void> {
    for (const Key& key : over) {
      for (const char* statement : {"DELETE FROM ends WHERE account = ? AND key = ?",
                                    "DELETE FROM end_authors WHERE account = ? AND key = ?"}) {
        auto removed = database_->run(statement, {account_.value, key.text()});
        if (!removed) return removed;
      }
    }
    for (const auto& [key, at] : fresh) {
      auto added = database_->run(
          "INSERT INTO ends (account, key, ends, since) VALUES (?, ?, ?, ?)"
          " ON CONFLICT (account, key) DO UPDATE SET ends = excluded.ends, since = excluded.since",
          {account_.value, key.text(), at, now});
      if (!added) return added;
      added = database_->run(
          "INSERT INTO end_authors (account, key, address, is_committer)"
          " SELECT account, ?2, address, is_committer FROM authors WHERE account = ?1"
          " ON CONFLICT DO NOTHING",
          {account_.value, key.text()});
      if (!added) return added;
    }
    return {};
  });
}

Result<void> RailMemory::doubt_ends(const std::map<Key, Timestamp>& ends) {
  const auto kept = this->ends();
  if (!kept) return kept.error();
  std::vector<Key> doubted;
  for (const auto& [key, standing] : *kept) {
    const auto end = ends.find(key);
    const bool stands = end != ends.end() && end->second == standing.at;
    if (!stands && standing.since != kNotStanding) doubted.push_back(key);
  }
  if (doubted.empty()) return {};
  return database_->atomically([&]() -> Result<void> {
    for (const Key& key : doubted) {
      auto done = database_->run("UPDATE ends SET since = ? WHERE account = ? AND key = ?",
                                 {kNotStanding, account_.value, key.text()});
      if (!done) return done;
    }
    return {};
  });
}

Result<Authors> RailMemory::authors_of_ended(Timestamp now) const {
  Authors authors;
  auto done = database_->each(
      "SELECT address, is_committer FROM end_authors JOIN ends USING (account, key)"
      " WHERE account = ? AND ends <= ?",
      {account_.value, now},
      [&](const SqlRow& row) { add_author(authors, row); });
  if (!done) return std::move(done).error();
  return authors;
}

Result<void> RailMemory::forget_authors_of_ended(Timestamp now) {
  return database_->run(
      "DELETE FROM end_authors WHERE account = ?1 AND key IN"
      " (SELECT key FROM ends WHERE account = ?1 AND ends <= ?2)",
      {account_.value, now});
}

Result<std::map<std::string, Timestamp>> RailMemory::removals() const {
  std::map<std::string, Timestamp> found;
  auto done = database_->each("SELECT action, since FROM wanted_removals WHERE account = ?",
                              {account_.value},
                              [&](const SqlRow& row) { found.emplace(row.text(0), row.time(1)); });
  if (!done) return std::move(done).error();
  return found;
}

Result<void> RailMemory::keep_removals(const std::set<std::string>& wanted,
                                       std::optional<Timestamp> now) {
  const auto kept = removals();
  if (!kept) return kept.error();
  std::vector<std::string> over;
  std::vector<std::string> fresh;
  for (const auto& [action, since] : *kept) {
    if (!wanted.contains(action)) over.push_back(action);
  }
  for (const std::string& action : wanted) {
    const auto since = kept->find(action);
    const bool stands = since != kept->end() && !is_ahead(since->second, now);
    if (!stands && now) fresh.push_back(action);
  }
  if (over.empty() && fresh.empty()) return {};
  return database_->atomically([&]() -> Result<void> {
    for (const std::string& action : over) {
      auto removed = database_->run("DELETE FROM wanted_removals WHERE account = ? AND action = ?",
                                    {account_.value, action});
      if (!removed) return removed;
    }
    for (const std::string& action : fresh) {
      auto added = database_->run(
          "INSERT INTO wanted_removals (account, action, since) VALUES (?, ?, ?)"
          " ON CONFLICT (account, action) DO UPDATE SET since = excluded.since",
          {account_.value, action, now});
      if (!added) return added;
    }
    return {};
  });
}

Result<void> RailMemory::restart() {
  return database_->atomically([&]() -> Result<void> {
    auto ends = database_->run("UPDATE ends SET since = ? WHERE account = ?",
                               {kNotStanding, account_.value});
    if (!ends) return ends;
    return end_removals();
  });
}

Result<void> RailMemory::end_removal(const std::string& removal) {
  return database_->atomically([&] {
    return database_->run("DELETE FROM wanted_removals WHERE account = ? AND action = ?",
                          {account_.value, removal});
  });
}

Result<void> RailMemory::end_removals() {
  return database_->atomically([&] {
    return database_->run("DELETE FROM wanted_removals WHERE account = ?", {account_.value});
  });
}

Result<std::optional<RailMemory::Look>> RailMemory::last_look() const {
  return database_->first<Look>("SELECT revision, at FROM last_looks WHERE account = ?",
                                {account_.value},
                                [](const SqlRow& row) {
                                  return Look{row.text(0), row.time(1)};
                                });
}

Result<bool> RailMemory::has_waiting() const {
  const auto found = database_->first<bool>(
      "SELECT 1 FROM wanted_removals WHERE account = ?1"
      " UNION ALL SELECT 1 FROM ends WHERE account = ?1 LIMIT 1",
      {account_.value},
      [](const SqlRow&) { return true; });
  if (!found) return found.error();
  return found->has_value();
}

Result<bool> RailMemory::went_unseen(const std::string& revision,
                                     const TrustedTime& time,
                                     std::chrono::milliseconds gap) const {
  const auto last = last_look();
  if (!last) return last.error();
  if (!*last || (*last)->revision == revision) return false;
  const Timestamp at = (*last)->at;
  return !time.is_trusted() || time.now - at > gap || at - time.now > kMaxClockSkew;
}

Result<void> RailMemory::keep_look(const std::string& revision,
                                   Timestamp now,
                                   std::chrono::milliseconds gap,
                                   bool waits) {
  const auto last = last_look();
  if (!last) return last.error();
  const bool is_recent = *last && (*last)->at <= now && now - (*last)->at < gap / 3;
  if (is_recent && (*last)->revision == revision) return {};
  if (!waits) {
    const auto waiting = has_waiting();
    if (!waiting) return waiting.error();
    if (!*waiting) return {};
  }
  return database_->atomically([&] {
    return database_->run(
        "INSERT INTO last_looks (account, revision, at) VALUES (?, ?, ?)"
        " ON CONFLICT (account) DO UPDATE SET revision = excluded.revision, at = excluded.at",
        {account_.value, revision, now});
  });
}

Result<std::map<PolicyId, Timestamp>> RailMemory::last_uses() const {
  std::map<PolicyId, Timestamp> found;
  auto done = database_->each("SELECT policy, at FROM uses WHERE account = ? ORDER BY policy",
                              {account_.value},
                              [&](const SqlRow& row) {
                                found.emplace_hint(found.end(), PolicyId{row.text(0)}, row.time(1));
                              });
  if (!done) return std::move(done).error();
  return found;
}

Result<std::optional<Timestamp>> RailMemory::latest_use(const PolicyId& id, const Key& key) const {
  return database_->first<Timestamp>(
      "SELECT at FROM uses WHERE account = ? AND (policy = ? OR key = ?) ORDER BY at DESC LIMIT 1",
      {account_.value, id.value, key.text()},
      [](const SqlRow& row) { return row.time(0); });
}

Result<void> RailMemory::note_uses(const std::vector<PolicyUse>& uses) {
  if (uses.empty()) return {};
  return database_->atomically([&]() -> Result<void> {
    for (const PolicyUse& use : uses) {
      auto noted = database_->run(
          "INSERT INTO uses (account, policy, key, at) VALUES (?, ?, ?, ?)"
          " ON CONFLICT (account, policy) DO UPDATE SET key = excluded.key, at = excluded.at"
          " WHERE excluded.at > uses.at",
          {account_.value, use.id.value, use.key.text(), use.at});
      if (!noted) return noted;
    }
    return {};
  });
}

}  // namespace authzd
