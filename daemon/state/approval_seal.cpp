// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/approval_seal.hpp"

#include <string_view>

namespace authzd {
namespace {

/// Length-prefixed, so that one text cannot look like two.
void append(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
}

void append(std::string& out, std::int64_t number) {
  append(out, std::string_view(std::to_string(number)));
}

Result<void> read_passes(Database& database, ApprovalRow& approval) {
  return database.each(
      "SELECT pass, done FROM passes WHERE approval = ?", {approval.n}, [&](const SqlRow& row) {
        approval.passes.emplace(row.text(0), !row.is_null(1));
      });
}

Result<void> read_approvers(Database& database, ApprovalRow& approval) {
  return database.each(
      "SELECT login_uid, who, at, until, seal FROM approvers WHERE approval = ? ORDER BY at",
      {approval.n},
      [&](const SqlRow& row) {
        ApproverRow approver;
        approver.login_uid = row.number(0);
        approver.who = row.text(1);
        approver.at = row.time(2);
        if (!row.is_null(3)) approver.until = row.time(3);
        approver.seal = row.text(4);
        approval.approvers.push_back(std::move(approver));
      });
}

Result<void> put_row(Database& database, const ApprovalRow& approval, const ApproverRow& approver) {
  return database.run(
      "INSERT INTO approvers (approval, login_uid, who, at, until, seal)"
      " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (approval, login_uid) DO UPDATE SET"
      " who = excluded.who, at = excluded.at, until = excluded.until, seal = excluded.seal",
      {approval.n, approver.login_uid, approver.who, approver.at, approver.until, approver.seal});
}

ApprovalRow read_approval(const SqlRow& row) {
  ApprovalRow approval;
  approval.n = row.number(0);
  approval.kind = row.text(1);
  approval.subject = row.text(2);
  approval.rail = row.text(3);
  return approval;
}

}  // namespace

Result<std::vector<ApprovalRow>> approval_rows(Database& database, const AccountId& account) {
  auto rows = database.all<ApprovalRow>(
      "SELECT n, kind, subject, rail FROM approvals WHERE account = ? ORDER BY n",
      {account.value},
      read_approval);
  if (!rows) return rows;
  for (ApprovalRow& approval : *rows) {
    if (auto read = read_passes(database, approval); !read) return std::move(read).error();
    if (auto read = read_approvers(database, approval); !read) return std::move(read).error();
  }
  return rows;
}

std::string seal_of(const Database& database,
                    const AccountId& account,
                    const ApprovalRow& approval,
                    const ApproverRow& approver) {
  std::string text = "approval";
  append(text, account.value);
  append(text, approval.kind);
  append(text, approval.subject);
  append(text, approval.rail);
  append(text, approver.login_uid);
  append(text, approver.who);
  append(text, approver.at.time_since_epoch().count());
  append(text, approver.until ? approver.until->time_since_epoch().count() : -1);
  for (const auto& [pass, _] : approval.passes) append(text, pass);
  return database.seal(text);
}

Result<void> put_approver(Database& database,
                          const AccountId& account,
                          const ApprovalRow& approval,
                          const ApproverRow& approver) {
  ApproverRow sealed = approver;
  sealed.seal = seal_of(database, account, approval, approver);
  return put_row(database, approval, sealed);
}

Result<bool> has_approver_after(Database& database, const AccountId& account, Timestamp latest) {
  const auto found = database.first<bool>(
      "SELECT 1 FROM approvers JOIN approvals ON n = approval"
      " WHERE account = ? AND approvers.at > ?",
      {account.value, latest},
      [](const SqlRow&) { return true; });
  if (!found) return found.error();
  return found->has_value();
}

Result<void> set_approvers_back(Database& database,
                                const AccountId& account,
                                Timestamp latest,
                                Timestamp now) {
  const auto rows = approval_rows(database, account);
  if (!rows) return rows.error();
  for (const ApprovalRow& approval : *rows) {
    for (const ApproverRow& approver : approval.approvers) {
      if (approver.at <= latest) continue;
      ApproverRow moved = approver;
      moved.at = now;
      if (moved.until) moved.until = now + (*approver.until - approver.at);
      const bool is_ours = approver.seal == seal_of(database, account, approval, approver);
      if (is_ours) moved.seal = seal_of(database, account, approval, moved);
      if (auto put = put_row(database, approval, moved); !put) return put;
    }
  }
  return {};
}

Result<void> seal_earlier_approvals(Database& database) {
  const auto accounts = database.all<std::string>(
      "SELECT DISTINCT account FROM approvals", {}, [](const SqlRow& row) { return row.text(0); });
  if (!accounts) return accounts.error();
  for (const std::string& name : *accounts) {
    const AccountId account{name};
    const auto rows = approval_rows(database, account);
    if (!rows) return rows.error();
    for (const ApprovalRow& approval : *rows) {
      for (const ApproverRow& approver : approval.approvers) {
        auto put = put_approver(database, account, approval, approver);
        if (!put) return put;
      }
    }
  }
  return {};
}

}  // namespace authzd
