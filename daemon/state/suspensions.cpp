// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/suspensions.hpp"

#include "daemon/state/suspension_file.hpp"

#include <string_view>
#include <utility>

namespace authzd {
namespace {

constexpr const char* kAll = "";
constexpr std::string_view kFile = ".suspended";  // behind the state's name

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
  auto kept = database_->atomically([&] {
    return database_->run("INSERT OR IGNORE INTO suspensions (scope, who, at) VALUES (?, ?, ?)",
                          {scope, suspension.who, suspension.since});
  });
  if (!kept) return kept;
  if (auto noted = keep_file(); !noted) {
    return std::move(noted).error().context(
        "it is suspended, but a loss of the state would end that");
  }
  return {};
}

Result<void> Suspensions::resume(const std::optional<AccountId>& account) {
  const std::string scope = scope_of(account);
  auto ended = database_->atomically(
      [&] { return database_->run("DELETE FROM suspensions WHERE scope = ?", {scope}); });
  if (!ended) return ended;
  if (auto noted = keep_file(); !noted) {
    return std::move(noted).error().context(
        "it goes on, but would be suspended again after a restart");
  }
  return {};
}

Result<void> Suspensions::take_from_file() {
  if (!database_->file()) return {};
  const auto noted = read_suspension_file(*database_->file() + std::string(kFile));
  if (!noted) return noted.error();
  if (noted->empty()) return {};
  return database_->atomically([&]() -> Result<void> {
    for (const Suspension& each : *noted) {
      auto kept =
          database_->run("INSERT OR IGNORE INTO suspensions (scope, who, at) VALUES (?, ?, ?)",
                         {scope_of(each.account), each.who, each.since});
      if (!kept) return kept;
    }
    return {};
  });
}

Result<void> Suspensions::keep_file() const {
  if (!database_->file()) return {};
  const auto all = list();
  if (!all) return all.error();
  return write_suspension_file(*database_->file() + std::string(kFile), *all);
}

}  // namespace authzd
