// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/pin_store.hpp"

#include <utility>

namespace authzd {

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
          "INSERT OR REPLACE INTO pins (account, key, digest, run, at) VALUES (?, ?, ?, ?, ?)",
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
