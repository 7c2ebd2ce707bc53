// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/suspensions.hpp"

#include <utility>

namespace authzd {
namespace {

constexpr const char* kAll = "";

std::string scope_of(const std::optional<AccountId>& account) {
  return account ? account->value : kAll;
}

Suspension read(const SqlRow& row) {
  const std::string scope = row.text(0);
  Suspension suspension;
  if (scope != kAll) suspension.account = AccountId{scope};
  suspension.who = row.text(1);
  suspension.since = row.time(2);
  return suspension;
}

}  // namespace

Suspensions::Suspensions(std::shared_ptr<Database> database) : database_(std::move(database)) {}

Result<std::optional<Suspension>> Suspensions::of(const AccountId& account) const {
  return database_->first<Suspension>(
      "SELECT scope, who, at FROM suspensions WHERE scope IN (?, '') ORDER BY scope DESC",
      {account.value},
      read);
}

Result<std::vector<Suspension>> Suspensions::list() const {
  return database_->all<Suspension>(
      "SELECT scope, who, at FROM suspensions ORDER BY scope", {}, read);
}

Result<void> Suspensions::suspend(const Suspension& suspension) {
  const std::string scope = scope_of(suspension.account);
  return database_->atomically([&] {
    return database_->run("INSERT OR IGNORE INTO suspensions (scope, who, at) VALUES (?, ?, ?)",
                          {scope, suspension.who, suspension.since});
  });
}

Result<void> Suspensions::resume(const std::optional<AccountId>& account) {
  const std::string scope = scope_of(account);
  return database_->atomically(
      [&] { return database_->run("DELETE FROM suspensions WHERE scope = ?", {scope}); });
}

}  // namespace authzd
