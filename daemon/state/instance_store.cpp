// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/instance_store.hpp"

#include <utility>

namespace authzd {

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

}  // namespace authzd
