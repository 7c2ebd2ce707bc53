// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/approval_store.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<const char*, 3> kKinds{"hold", "revision", "firstDeletes"};

// Both need the time twice: an approval counts from when it was given until it ends. A hold's
// counts while one of its passes is left.
constexpr const char* kIsInForce =
    " a.account = ? AND a.at <= ? AND (a.until IS NULL OR a.until > ?)"
    " AND (a.kind <> 'hold' OR EXISTS (SELECT 1 FROM passes x"
    " WHERE x.approval = a.n AND x.done IS NULL))";

std::string where_in_force(const std::string& query) {
  return query + kIsInForce;
}

ApprovalKind read_kind(const std::string& word) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (word == kKinds.at(i)) return static_cast<ApprovalKind>(i);
  }
  return ApprovalKind::hold;
}

Approval read_approval(const SqlRow& row) {
  Approval approval;
  approval.kind = read_kind(row.text(0));
  approval.subject = row.text(1);
  approval.rail = row.text(2);
  approval.by = {row.text(3), row.time(4), std::nullopt};
  if (!row.is_null(5)) approval.by.until = row.time(5);
  approval.passes = row.count(6);
  approval.done = row.count(7);
  return approval;
}

}  // namespace

std::string_view to_string(ApprovalKind kind) {
  return kKinds.at(static_cast<std::size_t>(kind));
}

ApprovalStore::ApprovalStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<void> ApprovalStore::approve_hold(const std::string& hash,
                                         const std::string& rail,
                                         const std::set<std::string>& passes,
                                         const Grantor& by) {
  if (passes.empty()) return Error{ErrorCode::not_found, "nothing is held under " + hash};
  return database_->atomically([&]() -> Result<void> {
    const auto row = keep(ApprovalKind::hold, hash, rail, by);
    if (!row) return row.error();
    for (const std::string& pass : passes) {
      auto added = database_->run(
          "INSERT INTO passes (approval, pass) VALUES (?, ?) ON CONFLICT DO UPDATE SET done = NULL",
          {*row, pass});
      if (!added) return added;
    }
    return {};
  });
}

Result<void> ApprovalStore::approve_revision(const std::string& revision, const Grantor& by) {
  return database_->atomically([&]() -> Result<void> {
    const auto row = keep(ApprovalKind::revision, revision, "", by);
    if (!row) return row.error();
    return {};
  });
}

Result<void> ApprovalStore::approve_first_deletes(const Grantor& by) {
  return database_->atomically([&]() -> Result<void> {
    const auto row = keep(ApprovalKind::first_deletes, "", "", by);
    if (!row) return row.error();
    return {};
  });
}

Result<std::set<std::string>> ApprovalStore::passes(Timestamp now) const {
  const std::string query = where_in_force(
      "SELECT p.pass FROM approvals a JOIN passes p ON p.approval = a.n"
      " WHERE p.done IS NULL AND");
  std::set<std::string> found;
  auto done = database_->each(query.c_str(), {account_.value, now, now}, [&](const SqlRow& row) {
    found.insert(row.text(0));
  });
  if (!done) return std::move(done).error();
  return found;
}

Result<bool> ApprovalStore::is_revision_approved(const std::string& revision, Timestamp now) const {
  const std::string query =
      where_in_force("SELECT 1 FROM approvals a WHERE a.kind = 'revision' AND a.subject = ? AND");
  const auto found = database_->first<bool>(
      query.c_str(), {revision, account_.value, now, now}, [](const SqlRow&) { return true; });
  if (!found) return found.error();
  return found->has_value();
}

Result<bool> ApprovalStore::are_first_deletes_approved() const {
  const auto found =
      database_->first<bool>("SELECT 1 FROM approvals WHERE account = ? AND kind = 'firstDeletes'",
                             {account_.value},
                             [](const SqlRow&) { return true; });
  if (!found) return found.error();
  return found->has_value();
}

Result<std::vector<Approval>> ApprovalStore::list(Timestamp now) const {
  const std::string query = where_in_force(
                                "SELECT a.kind, a.subject, a.rail, a.who, a.at, a.until,"
                                " (SELECT count(*) FROM passes x WHERE x.approval = a.n),"
                                " (SELECT count(*) FROM passes x WHERE x.approval = a.n"
                                "  AND x.done IS NOT NULL)"
                                " FROM approvals a WHERE") +
                            " ORDER BY a.at DESC, a.n DESC";
  return database_->all<Approval>(query.c_str(), {account_.value, now, now}, read_approval);
}

Result<void> ApprovalStore::mark_done(const std::set<std::string>& passes, Timestamp now) {
  return database_->atomically([&]() -> Result<void> {
    for (const std::string& pass : passes) {
      auto marked = database_->run(
          "UPDATE passes SET done = ? WHERE done IS NULL AND pass = ?"
          " AND approval IN (SELECT n FROM approvals WHERE account = ?)",
          {now, pass, account_.value});
      if (!marked) return marked;
    }
    return {};
  });
}

/// The row of the approval, which is new or takes the new time.
Result<std::int64_t> ApprovalStore::keep(ApprovalKind kind,
                                         const std::string& subject,
                                         const std::string& rail,
                                         const Grantor& by) {
  const auto row = database_->first<std::int64_t>(
      "INSERT INTO approvals (account, kind, subject, rail, who, at, until)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT DO UPDATE SET who = excluded.who, at = excluded.at, until = excluded.until"
      " RETURNING n",
      {account_.value, to_string(kind), subject, rail, by.who, by.at, by.until},
      [](const SqlRow& found) { return found.number(0); });
  if (!row) return row.error();
  return row->value_or(0);
}

}  // namespace authzd
