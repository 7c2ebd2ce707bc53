// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/account_state.hpp"

#include <utility>

namespace authzd {

AccountState::AccountState(const std::shared_ptr<Database>& database, const AccountId& account)
    : runs(database, account),
      policies(database, account),
      revisions(database, account),
      refusals(database, account),
      approvals(database, account),
      pins(database, account),
      histories(database, account),
      instances(database, account),
      times(database, account),
      rails(database, account),
      written(database, account),
      changes(database, account),
      suspensions(database),
      database_(database),
      account_(account) {}

Result<void> AccountState::forget_old(Timestamp now, const Retention& retention) {
  return authzd::forget_old(*database_, account_, retention, now);
}

Result<std::unique_ptr<AccountState>> state_in_memory(const AccountId& account) {
  auto database = Database::open({});
  if (!database) return std::move(database).error();
  return std::make_unique<AccountState>(*database, account);
}

}  // namespace authzd
