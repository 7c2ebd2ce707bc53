// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/break_glass_store.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace authzd {
namespace {

KeptBreakGlass read_break_glass(const SqlRow& row) {
  KeptBreakGlass kept;
  kept.glass.name = row.text(0);
  kept.glass.who = row.text(1);
  if (!row.is_null(2)) kept.glass.login_uid = static_cast<unsigned>(row.number(2));
  kept.glass.reason = row.text(3);
  kept.glass.made = row.time(4);
  kept.glass.ends = row.time(5);
  kept.glass.manifest = row.text(6);
  if (!row.is_null(7)) kept.over = row.time(7);
  kept.how = row.flag(8) ? BreakGlassEnd::superseded : BreakGlassEnd::expired;
  return kept;
}

const KeptBreakGlass* find_break_glass(const std::vector<KeptBreakGlass>& kept,
                                       const std::string& name) {
  const auto found = std::ranges::find(
      kept, name, [](const KeptBreakGlass& each) -> const std::string& { return each.glass.name; });
  return found == kept.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_string(BreakGlassEnd how) {
  return how == BreakGlassEnd::expired ? "expired" : "superseded";
}

BreakGlassStore::BreakGlassStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<void> BreakGlassStore::add(const BreakGlass& glass) {
  const auto known = all();
  if (!known) return known.error();
  if (find_break_glass(*known, glass.name) != nullptr) {
    return Error{ErrorCode::conflict, "the name " + printable(glass.name) + " is taken"};
  }
  std::optional<std::int64_t> uid;
  if (glass.login_uid) uid = std::int64_t{*glass.login_uid};
  return database_->atomically([&] {
    return database_->run(
        "INSERT INTO break_glass (account, name, who, login_uid, reason, made, ends, manifest) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        {account_.value,
         glass.name,
         glass.who,
         uid,
         glass.reason,
         glass.made,
         glass.ends,
         glass.manifest});
  });
}

Result<void> BreakGlassStore::remove(const std::string& name) {
  return database_->atomically([&] {
    return database_->run("DELETE FROM break_glass WHERE account = ? AND name = ?",
                          {account_.value, name});
  });
}

Result<std::vector<KeptBreakGlass>> BreakGlassStore::active() const {
  return database_->all<KeptBreakGlass>(
      "SELECT name, who, login_uid, reason, made, ends, manifest, over, how FROM break_glass "
      "WHERE account = ? AND over IS NULL ORDER BY name",
      {account_.value},
      read_break_glass);
}

Result<std::vector<KeptBreakGlass>> BreakGlassStore::all() const {
  return database_->all<KeptBreakGlass>(
      "SELECT name, who, login_uid, reason, made, ends, manifest, over, how FROM break_glass "
      "WHERE account = ? ORDER BY made DESC, name",
      {account_.value},
      read_break_glass);
}

Result<void> BreakGlassStore::end_at(const std::string& name, Timestamp time) {
  const auto known = active();
  if (!known) return known.error();
  const KeptBreakGlass* found = find_break_glass(*known, name);
  if (found == nullptr) {
    return Error{ErrorCode::not_found, "there is no active break-glass grant " + printable(name)};
  }
  if (found->glass.ends <= time) return {};
  return database_->atomically([&] {
    return database_->run("UPDATE break_glass SET ends = ? WHERE account = ? AND name = ?",
                          {time, account_.value, name});
  });
}

Result<void> BreakGlassStore::close(const std::string& name, Timestamp at, BreakGlassEnd how) {
  return database_->atomically([&] {
    return database_->run(
        "UPDATE break_glass SET over = ?, how = ? WHERE account = ? AND name = ? AND over IS NULL",
        {at, std::int64_t{how == BreakGlassEnd::superseded ? 1 : 0}, account_.value, name});
  });
}

}  // namespace authzd
