// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/fleet_store.hpp"

#include "daemon/state/state_codec.hpp"

#include <cstddef>
#include <utility>

namespace authzd {

Result<std::vector<KnownAccount>> FleetStore::known(const std::string& part) const {
  std::vector<KnownAccount> accounts;
  if (database_ == nullptr) return accounts;
  std::vector<Error> errors;
  auto done = database_->each(
      "SELECT id, traits, mode, profile, is_removed, is_lost, is_named_by_id FROM fleet_accounts"
      " WHERE part = ? ORDER BY position",
      {part},
      [&](const SqlRow& row) {
        auto traits = traits_from_text(row.text(1));
        if (!traits) return errors.push_back(std::move(traits).error());
        KnownAccount known;
        known.entry.traits = std::move(*traits);
        known.entry.id = AccountId(row.text(0));
        known.entry.mode = parse_mode(row.text(2)).value_or(Mode::observe);
        known.entry.profile = row.text(3);
        known.entry.is_removed = row.flag(4);
        known.is_lost = row.flag(5);
        known.is_named_by_id = row.flag(6);
        accounts.push_back(std::move(known));
      });
  if (!done) return std::move(done).error();
  if (!errors.empty()) return std::move(errors.front());
  return accounts;
}

Result<std::string> FleetStore::revision(const std::string& part) const {
  if (database_ == nullptr) return std::string();
  auto found = database_->first<std::string>("SELECT revision FROM fleet_revisions WHERE part = ?",
                                             {part},
                                             [](const SqlRow& row) { return row.text(0); });
  if (!found) return std::move(found).error();
  return std::move(*found).value_or("");
}

Result<void> FleetStore::keep_revision(const std::string& part, const std::string& revision) {
  if (database_ == nullptr) return {};
  const auto known = this->revision(part);
  if (!known) return known.error();
  if (*known == revision) return {};
  return database_->atomically([&] {
    return database_->run(
        "INSERT INTO fleet_revisions (part, revision) VALUES (?, ?)"
        " ON CONFLICT (part) DO UPDATE SET revision = excluded.revision",
        {part, revision});
  });
}

Result<void> FleetStore::keep(const std::string& part, const std::vector<KnownAccount>& accounts) {
  if (database_ == nullptr) return {};
  return database_->atomically([&]() -> Result<void> {
    auto dropped = database_->run("DELETE FROM fleet_accounts WHERE part = ?", {part});
    if (!dropped) return dropped;
    std::size_t position = 0;
    for (const auto& [entry, is_lost, is_named_by_id] : accounts) {
      auto added = database_->run(
          "INSERT INTO fleet_accounts (part, position, id, traits, mode, profile, is_removed, "
          "is_lost, is_named_by_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {part,
           position++,
           entry.id.value,
           traits_to_text(entry.traits),
           std::string(to_string(entry.mode)),
           entry.profile,
           entry.is_removed,
           is_lost,
           is_named_by_id});
      if (!added) return added;
    }
    return {};
  });
}

}  // namespace authzd
