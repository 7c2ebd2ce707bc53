// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/small_stores.hpp"

#include <utility>

namespace authzd {
namespace {

std::pair<std::string, ObjectHistory> read_history(const SqlRow& row) {
  ObjectHistory history{row.text(1), row.count(2), row.count(3), std::nullopt, row.text(5)};
  if (!row.is_null(4)) history.last_tried = row.time(4);
  return {row.text(0), std::move(history)};
}

}  // namespace

HistoryStore::HistoryStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<ObjectHistories> HistoryStore::all() const {
  ObjectHistories found;
  auto done = database_->each(
      "SELECT object, signature, cycles, tries, last_tried, error FROM object_histories"
      " WHERE account = ?",
      {account_.value},
      [&](const SqlRow& row) { found.insert(read_history(row)); });
  if (!done) return std::move(done).error();
  return found;
}

Result<void> HistoryStore::replace(const ObjectHistories& histories) {
  const auto kept = all();
  if (!kept) return kept.error();
  if (*kept == histories) return {};
  return database_->atomically([&]() -> Result<void> {
    for (const auto& [object, history] : *kept) {
      if (histories.contains(object)) continue;
      auto removed = database_->run("DELETE FROM object_histories WHERE account = ? AND object = ?",
                                    {account_.value, object});
      if (!removed) return removed;
    }
    for (const auto& [object, history] : histories) {
      const auto found = kept->find(object);
      if (found != kept->end() && found->second == history) continue;
      auto stored = database_->run(
          "INSERT INTO object_histories"
          " (account, object, signature, cycles, tries, last_tried, error)"
          " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, object) DO UPDATE SET"
          " signature = excluded.signature, cycles = excluded.cycles, tries = excluded.tries,"
          " last_tried = excluded.last_tried, error = excluded.error",
          {account_.value,
           object,
           history.signature,
           history.cycles,
           history.tries,
           history.last_tried,
           history.error});
      if (!stored) return stored;
    }
    return {};
  });
}

InstanceStore::InstanceStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<KnownInstances> InstanceStore::known() const {
  KnownInstances known;
  auto done = database_->each(
      "SELECT service, name, resource_group, region, id, before FROM named_instances "
      "WHERE account = ?",
      {account_.value},
      [&](const SqlRow& row) {
        known.emplace(InstanceName{row.text(0), row.text(1), row.text(2), row.text(3)},
                      KnownInstance{row.text(4), row.text(5)});
      });
  if (!done) return std::move(done).error();
  return known;
}

Result<void> InstanceStore::keep(const KnownInstances& known) {
  return database_->atomically([&]() -> Result<void> {
    auto dropped =
        database_->run("DELETE FROM named_instances WHERE account = ?", {account_.value});
    if (!dropped) return dropped;
    for (const auto& [name, instance] : known) {
      auto added = database_->run(
          "INSERT INTO named_instances "
          "(account, service, name, resource_group, region, id, before) "
          "VALUES (?, ?, ?, ?, ?, ?, ?)",
          {account_.value,
           name.service,
           name.name,
           name.resource_group,
           name.region,
           instance.id,
           instance.before});
      if (!added) return added;
    }
    return {};
  });
}

NoticeStore::NoticeStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<KeptNotices> NoticeStore::all() const {
  KeptNotices found;
  auto done = database_->each("SELECT kind, content, at FROM notices WHERE account = ?",
                              {account_.value},
                              [&](const SqlRow& row) {
                                found[row.text(0)] = {row.text(1), row.time(2)};
                              });
  if (!done) return std::move(done).error();
  return found;
}

Result<void> NoticeStore::replace(const KeptNotices& notices) {
  const auto kept = all();
  if (!kept) return kept.error();
  if (*kept == notices) return {};
  return database_->atomically([&]() -> Result<void> {
    auto emptied = database_->run("DELETE FROM notices WHERE account = ?", {account_.value});
    if (!emptied) return emptied;
    for (const auto& [kind, notice] : notices) {
      auto stored =
          database_->run("INSERT INTO notices (account, kind, content, at) VALUES (?, ?, ?, ?)",
                         {account_.value, kind, notice.content, notice.at});
      if (!stored) return stored;
    }
    return {};
  });
}

PinStore::PinStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<std::vector<KeptPin>> PinStore::list() const {
  return database_->all<KeptPin>(
      "SELECT key, digest, run, at FROM pins WHERE account = ? ORDER BY key",
      {account_.value},
      [](const SqlRow& row) {
        return KeptPin{Key::from_text(row.text(0)), row.text(1), row.text(2), row.time(3)};
      });
}

Result<void> PinStore::add(const std::vector<KeptPin>& pins) {
  return database_->atomically([&]() -> Result<void> {
    for (const KeptPin& pin : pins) {
      auto added = database_->run(
          "INSERT INTO pins (account, key, digest, run, at) VALUES (?, ?, ?, ?, ?)"
          " ON CONFLICT (account, key)"
          " DO UPDATE SET digest = excluded.digest, run = excluded.run, at = excluded.at",
          {account_.value, pin.key.text(), pin.digest, pin.run, pin.at});
      if (!added) return added;
    }
    return {};
  });
}

Result<void> PinStore::remove(const std::set<Key>& keys) {
  return database_->atomically([&]() -> Result<void> {
    for (const Key& key : keys) {
      auto removed = database_->run("DELETE FROM pins WHERE account = ? AND key = ?",
                                    {account_.value, key.text()});
      if (!removed) return removed;
    }
    return {};
  });
}

}  // namespace authzd
