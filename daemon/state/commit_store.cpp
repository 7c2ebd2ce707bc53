// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/commit_store.hpp"

#include <utility>

namespace authzd {

CommitStore::CommitStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<Commit> CommitStore::find(const std::string& id) const {
  if (!is_commit_id(id)) return Commit{};
  auto found = database_->first<Commit>(
      "SELECT id, author, subject, authored FROM commits WHERE account = ? AND id = ?",
      {account_.value, id},
      [](const SqlRow& row) {
        return Commit{row.text(0), row.text(1), row.text(2), row.time(3)};
      });
  if (!found) return std::move(found).error();
  return found->value_or(Commit{});
}

Result<void> CommitStore::keep(const Commit& commit) {
  if (!commit.is_known()) return {};
  const auto known = find(commit.id);
  if (!known) return known.error();
  const bool is_same = known->id == commit.id && known->author == commit.author &&
                       known->subject == commit.subject && known->authored == commit.authored;
  const bool says_less = known->is_known() && commit.author.empty() && commit.subject.empty();
  if (is_same || says_less) return {};
  return database_->run(
      "INSERT INTO commits (account, id, author, subject, authored) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT (account, id) DO UPDATE SET author = excluded.author,"
      " subject = excluded.subject, authored = excluded.authored",
      {account_.value, commit.id, commit.author, commit.subject, commit.authored});
}

}  // namespace authzd
