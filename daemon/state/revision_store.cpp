// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/revision_store.hpp"

#include "daemon/state/state_codec.hpp"
#include "reconciler/base/text.hpp"

#include <sstream>
#include <utility>
#include <vector>

namespace authzd {
namespace {

constexpr const char* kGood = "good";
constexpr const char* kApplied = "applied";
constexpr const char* kAttempted = "attempted";
constexpr const char* kNamed = "named";  // some of its documents were applied by name

/// A time that has not begun: it counts as now, and is set to now once that is known.
constexpr Timestamp kLaterThanAll{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

/// The name of a role contains no line break.
std::string lines_of(const std::set<std::string>& roles) {
  const std::vector<std::string> lines(roles.begin(), roles.end());
  return join(lines, "\n");
}

}  // namespace

RevisionStore::RevisionStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)),
      account_(std::move(account)),
      unwritten_releases_(database_, {"protect_releases", "written"}) {}

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
  auto traits = this->traits();
  if (!traits) return std::move(traits).error();
  return std::optional<GoodText>(
      {(*found)->revision, std::move(*files), (*found)->at, std::move(*traits)});
}

Result<std::optional<AccountTraits>> RevisionStore::traits() const {
  const auto text =
      database_->first<std::string>("SELECT traits FROM revisions WHERE account = ? AND role = ?",
                                    {account_.value, kGood},
                                    [](const SqlRow& row) { return row.text(0); });
  if (!text) return text.error();
  if (!*text || (*text)->empty()) return std::optional<AccountTraits>{};
  auto traits = traits_from_text(**text);
  if (!traits) return std::move(traits).error();
  return std::optional<AccountTraits>(std::move(*traits));
}

Result<std::string> RevisionStore::good_name() const {
  auto found = seen(kGood);
  if (!found) return std::move(found).error();
  return *found ? (*found)->revision : std::string();
}

Result<void> RevisionStore::keep_good(const GoodText& good) {
  return database_->atomically([&]() -> Result<void> {
    if (auto kept = keep(kGood, {good.revision, good.since, {}}); !kept) return kept;
    const std::string traits = good.traits ? traits_to_text(*good.traits) : std::string();
    auto given = database_->run("UPDATE revisions SET traits = ? WHERE account = ? AND role = ?",
                                {traits, account_.value, kGood});
    if (!given) return given;
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
                                         Timestamp now,
                                         const std::string& digest) {
  return database_->atomically([&]() -> Result<void> {
    if (auto kept = keep(kApplied, {revision, now, {}}); !kept) return kept;
    auto named = database_->run("UPDATE revisions SET digest = ? WHERE account = ? AND role = ?",
                                {digest, account_.value, kApplied});
    if (!named) return named;
    return keep_releases(unprotected, now);
  });
}

Result<bool> RevisionStore::is_applied(const std::string& revision,
                                       const std::string& digest) const {
  const auto found = database_->first<bool>(
      "SELECT 1 FROM revisions WHERE account = ? AND role = ? AND revision = ? AND digest = ?",
      {account_.value, kApplied, revision, digest},
      [](const SqlRow& row) { return row.flag(0); });
  if (!found) return found.error();
  return found->has_value();
}

Result<void> RevisionStore::keep_releases(const std::set<Key>& unprotected, Timestamp now) {
  return database_->atomically([&]() -> Result<void> {
    for (const Key& key : unprotected) {
      auto added = database_->run(
          "INSERT INTO protect_releases (account, key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
          {account_.value, key.text(), now});
      if (!added) return added;
    }
    return {};
  });
}

Result<CopyOnWrite<std::set<Key>>> RevisionStore::unwritten_releases() const {
  return unwritten_releases_.get([this] { return read_unwritten_releases(); });
}

Result<std::set<Key>> RevisionStore::read_unwritten_releases() const {
  std::set<Key> found;
  auto done = database_->each(
      "SELECT key FROM protect_releases r WHERE account = ?1 AND NOT EXISTS"
      " (SELECT 1 FROM written w WHERE w.account = ?1 AND w.key = r.key)",
      {account_.value},
      [&](const SqlRow& row) { found.insert(Key::from_text(row.text(0))); });
  if (!done) return std::move(done).error();
  return found;
}

Result<void> RevisionStore::end_releases(const std::set<Key>& keys) {
  return database_->atomically([&]() -> Result<void> {
    for (const Key& key : keys) {
      auto ended = database_->run("DELETE FROM protect_releases WHERE account = ? AND key = ?",
                                  {account_.value, key.text()});
      if (!ended) return ended;
    }
    return {};
  });
}

Result<void> RevisionStore::restart_releases() {
  return database_->atomically([&] {
    return database_->run("UPDATE protect_releases SET at = ? WHERE account = ?",
                          {kLaterThanAll, account_.value});
  });
}

Result<GivenKeys> RevisionStore::given_to(const std::set<DocumentId>& documents) const {
  GivenKeys given;
  for (const DocumentId& document : documents) {
    auto done =
        database_->each("SELECT file, key FROM given_keys WHERE account = ? AND name = ?",
                        {account_.value, document.name},
                        [&](const SqlRow& row) {
                          given[{document.name, row.text(0)}].insert(Key::from_text(row.text(1)));
                        });
    if (!done) return std::move(done).error();
  }
  return given;
}

Result<void> RevisionStore::add_given(const GivenKeys& given, const GrantedRoles& roles) {
  for (const auto& [document, keys] : given) {
    for (const Key& key : keys) {
      const auto granted = roles.find(key);
      const std::string text = granted == roles.end() ? "" : lines_of(granted->second);
      auto added = database_->run(
          "INSERT INTO given_keys (account, name, file, key, roles) VALUES (?, ?, ?, ?, ?)",
          {account_.value, document.name, document.file, key.text(), text});
      if (!added) return added;
    }
  }
  return {};
}

Result<void> RevisionStore::keep_given(const GivenKeys& given, const GrantedRoles& roles) {
  return database_->atomically([&]() -> Result<void> {
    auto dropped = database_->run("DELETE FROM given_keys WHERE account = ?", {account_.value});
    return dropped ? add_given(given, roles) : dropped;
  });
}

Result<void> RevisionStore::keep_given_to(const std::set<std::string>& names,
                                          const GivenKeys& given,
                                          const GrantedRoles& roles,
                                          const std::string& revision) {
  return database_->atomically([&]() -> Result<void> {
    for (const std::string& name : names) {
      auto dropped = database_->run("DELETE FROM given_keys WHERE account = ? AND name = ?",
                                    {account_.value, name});
      if (!dropped) return dropped;
    }
    GivenKeys theirs = given;
    std::erase_if(theirs, [&](const auto& each) { return !names.contains(each.first.name); });
    auto added = add_given(theirs, roles);
    return added ? keep(kNamed, {revision, {}, {}}) : added;
  });
}

Result<GrantedRoles> RevisionStore::granted_roles() const {
  GrantedRoles granted;
  auto done = database_->each("SELECT key, roles FROM given_keys WHERE account = ? AND roles != ''",
                              {account_.value},
                              [&](const SqlRow& row) {
                                std::set<std::string>& roles = granted[Key::from_text(row.text(0))];
                                std::istringstream lines(row.text(1));
                                for (std::string role; std::getline(lines, role);)
                                  roles.insert(role);
                              });
  if (!done) return std::move(done).error();
  return granted;
}

Result<std::optional<SeenRevision>> RevisionStore::forebear() const {
  auto applied = seen(kApplied);
  if (!applied || *applied) return applied;
  return seen(kNamed);
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

Result<void> RevisionStore::add_authors(const Authors& authors) {
  return database_->atomically([&]() -> Result<void> {
    const auto add = [this](const std::string& address, bool is_committer) {
      return database_->run(
          "INSERT INTO authors (account, address, is_committer) VALUES (?, ?, ?)"
          " ON CONFLICT DO NOTHING",
          {account_.value, address, is_committer});
    };
    for (const std::string& address : authors.wrote) {
      if (auto added = add(address, false); !added) return added;
    }
    for (const std::string& address : authors.committed) {
      if (auto added = add(address, true); !added) return added;
    }
    return authors.is_known ? Result<void>{} : add("", false);
  });
}

Result<void> RevisionStore::forget_authors() {
  return database_->run("DELETE FROM authors WHERE account = ?", {account_.value});
}

Result<Authors> RevisionStore::authors() const {
  Authors authors;
  auto done = database_->each("SELECT address, is_committer FROM authors WHERE account = ?",
                              {account_.value},
                              [&](const SqlRow& row) { add_author(authors, row); });
  if (!done) return std::move(done).error();
  return authors;
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
      "INSERT INTO revisions (account, role, revision, at, error) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT (account, role) DO UPDATE SET revision = excluded.revision, at = excluded.at,"
      " error = excluded.error, digest = '', traits = ''",
      {account_.value, role, revision.revision, revision.at, revision.error});
}

}  // namespace authzd
