// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/history_store.hpp"

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
          "INSERT OR REPLACE INTO object_histories"
          " (account, object, signature, cycles, tries, last_tried, error)"
          " VALUES (?, ?, ?, ?, ?, ?, ?)",
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

}  // namespace authzd
