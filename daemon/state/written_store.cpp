// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/written_store.hpp"

#include "daemon/state/state_codec.hpp"
#include "reconciler/model/marker.hpp"

#include <utility>

namespace authzd {
namespace {

struct Row {
  PolicyId id;
  std::string content;
};

Row read_written(const SqlRow& row) {
  return {PolicyId{row.text(0)}, row.text(1)};
}

bool says_protected(const PolicyContent& content) {
  const auto marker = parse_description(content.description).marker;
  return marker && marker->is_protected;
}

}  // namespace

WrittenStore::WrittenStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)), all_(database_, {"written"}) {}

Result<std::optional<PolicyContent>> WrittenStore::find(const PolicyId& id) const {
  const auto row = database_->first<Row>(
      "SELECT policy, content FROM written"
      " WHERE account = ? AND policy = ? AND doubted = 0",
      {account_.value, id.value},
      read_written);
  if (!row) return row.error();
  if (!*row) return std::optional<PolicyContent>{};
  auto content = content_from_text((*row)->content);
  if (!content) return std::move(content).error();
  return std::optional(std::move(*content));
}

Result<WrittenPolicies> WrittenStore::all() const {
  return all_.get([this] { return read_all(); });
}

/// Reads the content only if the policy may be protected: its marker ends in "!)".
Result<std::map<PolicyId, WrittenPolicy>> WrittenStore::read_all() const {
  std::map<PolicyId, WrittenPolicy> found;
  std::optional<Error> unreadable;
  auto done = database_->each(
      "SELECT policy, key, CASE WHEN content LIKE '%!)%' THEN content ELSE '' END, doubted"
      " FROM written WHERE account = ? ORDER BY policy",
      {account_.value},
      [&](const SqlRow& row) {
        WrittenPolicy written{Key::from_text(row.text(1))};
        written.is_doubted = row.flag(3);
        if (const std::string text = row.text(2); !text.empty()) {
          auto content = content_from_text(text);
          if (!content) {
            unreadable = std::move(content).error();
          } else if (says_protected(*content)) {
            written.protects = std::move(*content);
          }
        }
        found.emplace_hint(found.end(), PolicyId{row.text(0)}, std::move(written));
      });
  if (!done) return std::move(done).error();
  if (unreadable) return std::move(*unreadable);
  return found;
}

Result<std::map<Key, LostPolicy>> WrittenStore::lost(const std::vector<PolicyId>& gone) const {
  auto rows = database_->all<Row>(
      "SELECT w.policy, w.content FROM written w"
      " JOIN policies p ON p.account = w.account AND p.id = w.policy"
      " WHERE w.account = ? AND p.gone IS NOT NULL AND w.doubted = 0 ORDER BY w.policy",
      {account_.value},
      read_written);
  if (!rows) return std::move(rows).error();
  std::map<Key, LostPolicy> found;
  for (const Row& row : *rows) {
    auto content = content_from_text(row.content);
    if (!content) return std::move(content).error();
    const Key key = key_of(account_, *content);
    found.emplace(key, LostPolicy{row.id, std::move(*content)});
  }
  for (const PolicyId& id : gone) {
    auto content = find(id);
    if (!content) return std::move(content).error();
    if (!*content) continue;
    const Key key = key_of(account_, **content);
    found.emplace(key, LostPolicy{id, std::move(**content)});
  }
  return found;
}

Result<std::map<PolicyId, std::vector<PolicyContent>>> WrittenStore::perhaps() const {
  const auto rows = database_->all<Row>(
      "SELECT policy, content FROM perhaps_written WHERE account = ? ORDER BY policy, content",
      {account_.value},
      read_written);
  if (!rows) return rows.error();
  std::map<PolicyId, std::vector<PolicyContent>> found;
  for (const Row& row : *rows) {
    auto content = content_from_text(row.content);
    if (!content) return std::move(content).error();
    found[row.id].push_back(std::move(*content));
  }
  return found;
}

Result<void> WrittenStore::take_as_ours(const std::vector<GrantedPolicy>& policies) {
  return database_->atomically([&]() -> Result<void> {
    for (const GrantedPolicy& granted : policies) {
      const auto written = find(granted.id);
      if (!written) return written.error();
      if (!*written) continue;
      const PolicyContent ours = as_granted(**written, granted);
      if (ours == **written) continue;
      if (auto kept = put(granted.id, ours); !kept) return kept;
    }
    return {};
  });
}

Result<void> WrittenStore::forget_all(const std::vector<PolicyId>& ids) {
  if (ids.empty()) return {};
  return database_->atomically([&]() -> Result<void> {
    for (const PolicyId& id : ids) {
      if (auto forgot = forget(id); !forgot) return forgot;
    }
    return {};
  });
}

Result<void> WrittenStore::doubt_all() {
  return database_->atomically([&] {
    return database_->run("UPDATE written SET doubted = 1 WHERE account = ?", {account_.value});
  });
}

Result<void> WrittenStore::keep(const PolicyId& id, const PolicyContent& content) {
  auto told = database_->run("DELETE FROM perhaps_written WHERE account = ? AND policy = ?",
                             {account_.value, id.value});
  return told ? put(id, content) : told;
}

Result<void> WrittenStore::keep_perhaps(const PolicyId& id, const PolicyContent& content) {
  const std::string text = content_to_text(content);
  return database_->run(
      "INSERT INTO perhaps_written (account, policy, content) VALUES (?, ?, ?) ON CONFLICT DO "
      "NOTHING",
      {account_.value, id.value, text});
}

Result<void> WrittenStore::put(const PolicyId& id, const PolicyContent& content) {
  const std::string key = key_of(account_, content).text();
  const std::string text = content_to_text(content);
  auto given_back = database_->run(
      "DELETE FROM written WHERE account = ?1 AND key = ?2 AND policy IN"
      " (SELECT id FROM policies WHERE account = ?1 AND gone IS NOT NULL)",
      {account_.value, key});
  if (!given_back) return given_back;
  return database_->run(
      "INSERT INTO written (account, policy, key, content) VALUES (?, ?, ?, ?)"
      " ON CONFLICT (account, policy)"
      " DO UPDATE SET key = excluded.key, content = excluded.content, doubted = 0",
      {account_.value, id.value, key, text});
}

Result<void> WrittenStore::forget(const PolicyId& id) {
  auto forgot = database_->run("DELETE FROM perhaps_written WHERE account = ? AND policy = ?",
                               {account_.value, id.value});
  if (!forgot) return forgot;
  return database_->run("DELETE FROM written WHERE account = ? AND policy = ?",
                        {account_.value, id.value});
}

}  // namespace authzd
