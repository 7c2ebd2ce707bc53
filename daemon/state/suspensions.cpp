// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/suspensions.hpp"

#include "daemon/state/suspension_file.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

constexpr const char* kAll = "";
constexpr std::string_view kFile = ".suspended";  // appended to the state's name

std::string scope_of(const std::optional<AccountId>& account) {
  return account ? account->value : kAll;
}

std::string file_beside(const std::string& state) {
  return state + std::string(kFile);
}

bool has_scope(const std::vector<Suspension>& all, const std::optional<AccountId>& account) {
  return std::ranges::find(all, account, &Suspension::account) != all.end();
}

Suspension read_suspension(const SqlRow& row) {
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
  auto found = database_->first<Suspension>(
      "SELECT scope, who, at FROM suspensions WHERE scope IN (?, '') ORDER BY scope DESC",
      {account.value},
      read_suspension);
  if (!found || (*found && (*found)->account)) return found;
  std::vector<std::string> files = heeded_;
  if (const auto own = database_->file()) files.push_back(file_beside(*own));
  for (const std::string& file : files) {
    const auto noted = read_suspension_file(file);
    if (!noted) return noted.error();
    for (const Suspension& each : *noted) {
      if (each.account == account) return std::optional(each);
      if (!each.account && !*found) *found = each;
    }
  }
  return found;
}

void Suspensions::heed(const std::string& state) {
  if (database_->file() != state) heeded_.push_back(file_beside(state));
}

Result<std::vector<Suspension>> Suspensions::list() const {
  return database_->all<Suspension>(
      "SELECT scope, who, at FROM suspensions ORDER BY scope", {}, read_suspension);
}

Result<void> Suspensions::suspend(const Suspension& suspension) {
  const std::string scope = scope_of(suspension.account);
  const auto taken = take_from_file();  // so as not to lose entries of another process
  auto kept = database_->atomically([&] {
    return database_->run("INSERT OR IGNORE INTO suspensions (scope, who, at) VALUES (?, ?, ?)",
                          {scope, suspension.who, suspension.since});
  });
  if (!kept) return kept;
  if (auto noted = taken ? keep_file() : taken; !noted) {
    return std::move(noted).error().context(
        "it is suspended, but a loss of the state would end that");
  }
  return {};
}

Result<void> Suspensions::resume(const std::optional<AccountId>& account) {
  const std::string scope = scope_of(account);
  if (auto taken = take_from_file(); !taken) return taken;
  auto ended = database_->atomically(
      [&] { return database_->run("DELETE FROM suspensions WHERE scope = ?", {scope}); });
  if (!ended) return ended;
  if (auto noted = keep_file(); !noted) {
    return std::move(noted).error().context("it stays suspended, by the file beside the state");
  }
  return {};
}

Result<void> Suspensions::take_from_file() {
  if (!database_->file()) return {};
  const auto noted = read_suspension_file(file_beside(*database_->file()));
  if (!noted) return noted.error();
  const auto known = list();
  if (!known) return known.error();
  if (noted->empty() && known->empty()) return {};
  auto taken = database_->atomically([&]() -> Result<void> {
    for (const Suspension& each : *noted) {
      auto kept =
          database_->run("INSERT OR IGNORE INTO suspensions (scope, who, at) VALUES (?, ?, ?)",
                         {scope_of(each.account), each.who, each.since});
      if (!kept) return kept;
    }
    return {};
  });
  const auto all = taken ? list() : std::vector<Suspension>();
  if (!taken || !all) return taken ? Result<void>(all.error()) : taken;
  const bool is_whole = std::ranges::all_of(
      *all, [&](const Suspension& each) { return has_scope(*noted, each.account); });
  if (!is_whole) (void)keep_file();  // on failure the state still has it
  return {};
}

Result<void> Suspensions::keep_file() const {
  if (!database_->file()) return {};
  const auto all = list();
  if (!all) return all.error();
  return write_suspension_file(file_beside(*database_->file()), *all);
}

Result<void> suspend_beside(const std::string& state, const std::vector<Suspension>& suspensions) {
  const std::string file = file_beside(state);
  auto all = read_suspension_file(file);
  if (!all) return std::move(all).error();
  for (const Suspension& each : suspensions) {
    if (!has_scope(*all, each.account)) all->push_back(each);
  }
  return write_suspension_file(file, *all);
}

}  // namespace authzd
