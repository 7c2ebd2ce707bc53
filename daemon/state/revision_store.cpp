// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/revision_store.hpp"

#include <utility>

namespace authzd {
namespace {

constexpr const char* kGood = "good";
constexpr const char* kApplied = "applied";
constexpr const char* kAttempted = "attempted";

}  // namespace

RevisionStore::RevisionStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<std::optional<GoodText>> RevisionStore::good() const {
  const auto found = seen(kGood);
  if (!found) return found.error();
  if (!*found) return std::optional<GoodText>{};
  auto files = database_->all<SourceFile>(
      "SELECT name, text FROM good_files WHERE account = ? ORDER BY position",
      {account_.value},
      [](const SqlRow& row) {
        return SourceFile{row.text(0), row.text(1)};
      });
  if (!files) return std::move(files).error();
  return std::optional<GoodText>({(*found)->revision, std::move(*files), (*found)->at});
}

Result<void> RevisionStore::keep_good(const GoodText& good) {
  return database_->atomically([&]() -> Result<void> {
    if (auto kept = keep(kGood, {good.revision, good.since, {}}); !kept) return kept;
    auto dropped = database_->run("DELETE FROM good_files WHERE account = ?", {account_.value});
    if (!dropped) return dropped;
    std::size_t position = 0;
    for (const SourceFile& file : good.files) {
      auto added = database_->run(
          "INSERT INTO good_files (account, position, name, text) VALUES (?, ?, ?, ?)",
          {account_.value, position++, file.name, file.text});
      if (!added) return added;
    }
    return {};
  });
}

Result<std::optional<SeenRevision>> RevisionStore::applied() const {
  return seen(kApplied);
}

Result<void> RevisionStore::keep_applied(const std::string& revision,
                                         const std::set<Key>& unprotected,
                                         const std::set<AnnouncedExpiry>& expiries,
                                         Timestamp now) {
  return database_->atomically([&]() -> Result<void> {
    if (auto kept = keep(kApplied, {revision, now, {}}); !kept) return kept;
    for (const AnnouncedExpiry& expiry : expiries) {
      if (expiry.expires_at <= now) continue;
      auto added = database_->run(
          "INSERT OR IGNORE INTO announced_expiries (account, key, expires_at) VALUES (?, ?, ?)",
          {account_.value, expiry.key.text(), expiry.expires_at});
      if (!added) return added;
    }
    return keep_releases(unprotected, now);
  });
}

Result<void> RevisionStore::keep_releases(const std::set<Key>& unprotected, Timestamp now) {
  const auto known = protect_releases();
  if (!known) return known.error();
  for (const auto& [key, at] : *known) {
    if (unprotected.contains(key)) continue;
    auto removed = database_->run("DELETE FROM protect_releases WHERE account = ? AND key = ?",
                                  {account_.value, key.text()});
    if (!removed) return removed;
  }
  for (const Key& key : unprotected) {
    auto added =
        database_->run("INSERT OR IGNORE INTO protect_releases (account, key, at) VALUES (?, ?, ?)",
                       {account_.value, key.text(), now});
    if (!added) return added;
  }
  return {};
}

Result<std::optional<SeenRevision>> RevisionStore::attempted() const {
  return seen(kAttempted);
}

Result<void> RevisionStore::keep_attempted(const SeenRevision& revision) {
  return database_->atomically([&] { return keep(kAttempted, revision); });
}

Result<std::map<Key, Timestamp>> RevisionStore::protect_releases() const {
  std::map<Key, Timestamp> found;
  auto done = database_->each(
      "SELECT key, at FROM protect_releases WHERE account = ?",
      {account_.value},
      [&](const SqlRow& row) { found.emplace(Key::from_text(row.text(0)), row.time(1)); });
  if (!done) return std::move(done).error();
  return found;
}

Result<std::set<AnnouncedExpiry>> RevisionStore::announced_expiries() const {
  std::set<AnnouncedExpiry> found;
  auto done = database_->each("SELECT key, expires_at FROM announced_expiries WHERE account = ?",
                              {account_.value},
                              [&](const SqlRow& row) {
                                found.insert({Key::from_text(row.text(0)), row.time(1)});
                              });
  if (!done) return std::move(done).error();
  return found;
}

Result<std::optional<SeenRevision>> RevisionStore::seen(const char* role) const {
  return database_->first<SeenRevision>(
      "SELECT revision, at, error FROM revisions WHERE account = ? AND role = ?",
      {account_.value, role},
      [](const SqlRow& row) {
        return SeenRevision{row.text(0), row.time(1), row.text(2)};
      });
}

Result<void> RevisionStore::keep(const char* role, const SeenRevision& revision) {
  return database_->run(
      "INSERT OR REPLACE INTO revisions (account, role, revision, at, error) "
      "VALUES (?, ?, ?, ?, ?)",
      {account_.value, role, revision.revision, revision.at, revision.error});
}

}  // namespace authzd
