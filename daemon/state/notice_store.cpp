// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/notice_store.hpp"

#include <utility>

namespace authzd {

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

}  // namespace authzd
