// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/approval_store.hpp"

#include "daemon/state/approval_seal.hpp"
#include "reconciler/rails/rails.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<const char*, 3> kApprovalKinds{"hold", "revision", "firstDeletes"};
constexpr std::int64_t kUnknown = -1;
/// Replaces the rail, which the seal covers: for first deletes of which one was done.
constexpr const char* kDone = "done";

std::optional<ApprovalKind> read_approval_kind(const std::string& word) {
  for (std::size_t i = 0; i < kApprovalKinds.size(); ++i) {
    if (word == kApprovalKinds.at(i)) return static_cast<ApprovalKind>(i);
  }
  return std::nullopt;
}

Grantor grantor_of(const ApproverRow& row) {
  Grantor by{row.who, row.at, row.until, std::nullopt};
  if (row.login_uid != kUnknown) by.login_uid = static_cast<unsigned>(row.login_uid);
  return by;
}

ApproverRow row_of(const Grantor& by) {
  const auto login = by.login_uid ? static_cast<std::int64_t>(*by.login_uid) : kUnknown;
  return {login, by.who, by.at, by.until, {}};
}

/// The valid approvers, and the number of forged rows.
struct Standing {
  std::vector<Grantor> by;
  std::size_t foreign = 0;
};

Standing standing_of(const Database& database,
                     const AccountId& account,
                     const ApprovalRow& approval,
                     Timestamp now) {
  Standing standing;
  for (const ApproverRow& row : approval.approvers) {
    if (row.seal != seal_of(database, account, approval, row)) {
      ++standing.foreign;
    } else if (!row.until || *row.until > now) {
      // An approval in the future was written by a clock that was ahead.
      standing.by.push_back(grantor_of(row));
    }
  }
  // A row without any approver was not written by authzd.
  if (approval.approvers.empty()) ++standing.foreign;
  return standing;
}

/// The people among them who may approve; if one is enough, an unknown person counts.
std::set<std::int64_t> people_of(const std::vector<Grantor>& by, const Quorum& quorum) {
  std::set<std::int64_t> people;
  for (const Grantor& each : by) {
    if (quorum.may_approve && !quorum.may_approve(each)) continue;
    if (each.login_uid) people.insert(*each.login_uid);
    if (!each.login_uid && quorum.need <= 1) people.insert(kUnknown);
  }
  return people;
}

Approval approval_of(const ApprovalRow& row, ApprovalKind kind, Standing standing) {
  Approval approval;
  approval.kind = kind;
  approval.subject = row.subject;
  if (kind == ApprovalKind::hold) approval.rail = row.rail;
  approval.by = std::move(standing.by);
  approval.foreign = standing.foreign;
  approval.passes = row.passes.size();
  const auto is_done = [](const auto& pass) { return pass.second; };
  approval.done = static_cast<std::size_t>(std::ranges::count_if(row.passes, is_done));
  return approval;
}

/// The approval of a hold ends when everything that it releases is done.
bool is_used_up(const Approval& approval) {
  return approval.kind == ApprovalKind::hold && approval.done == approval.passes;
}

Timestamp newest(const Approval& approval) {
  return approval.by.empty() ? Timestamp{} : approval.by.back().at;
}

}  // namespace

std::string_view to_string(ApprovalKind kind) {
  return kApprovalKinds.at(static_cast<std::size_t>(kind));
}

std::size_t people_in(const Approval& approval) {
  std::set<unsigned> people;
  for (const Grantor& each : approval.by) {
    if (each.login_uid) people.insert(*each.login_uid);
  }
  return people.size();
}

ApprovalStore::ApprovalStore(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<void> ApprovalStore::approve_hold(const std::string& hash,
                                         const std::string& rail,
                                         const std::set<std::string>& passes,
                                         const Grantor& by) {
  if (passes.empty()) return Error{ErrorCode::not_found, "nothing is held under " + hash};
  return keep(ApprovalKind::hold, hash, rail, passes, by);
}

Result<void> ApprovalStore::approve_revision(const std::string& revision, const Grantor& by) {
  return keep(ApprovalKind::revision, revision, "", {}, by);
}

Result<void> ApprovalStore::approve_first_deletes(const Grantor& by) {
  return keep(ApprovalKind::first_deletes, "", "", {}, by);
}

Result<std::set<std::string>> ApprovalStore::passes(Timestamp now, const Quorum& quorum) const {
  const auto rows = approval_rows(*database_, account_);
  if (!rows) return rows.error();
  // By pass and not by hold: two people may have approved it in two plans.
  std::map<std::string, std::set<std::int64_t>> people;
  for (const ApprovalRow& row : *rows) {
    if (read_approval_kind(row.kind) != ApprovalKind::hold) continue;
    const auto said = people_of(standing_of(*database_, account_, row, now).by, quorum);
    for (const auto& [pass, is_done] : row.passes) {
      if (!is_done) people[pass].insert(said.begin(), said.end());
    }
  }
  std::set<std::string> found;
  for (const auto& [pass, said] : people) {
    if (!said.empty() && said.size() >= quorum.need) found.insert(pass);
  }
  return found;
}

Result<bool> ApprovalStore::is_approved(ApprovalKind kind,
                                        const std::string& subject,
                                        Timestamp now,
                                        const Quorum& quorum) const {
  const auto rows = approval_rows(*database_, account_);
  if (!rows) return rows.error();
  return std::ranges::any_of(*rows, [&](const ApprovalRow& row) {
    if (read_approval_kind(row.kind) != kind || row.subject != subject) return false;
    const auto by = standing_of(*database_, account_, row, now).by;
    const bool is_judged = kind != ApprovalKind::first_deletes || row.rail != kDone;
    const auto people = people_of(by, is_judged ? quorum : Quorum{.need = quorum.need});
    return !people.empty() && people.size() >= quorum.need;
  });
}

Result<bool> ApprovalStore::is_revision_approved(const std::string& revision,
                                                 Timestamp now,
                                                 const Quorum& quorum) const {
  return is_approved(ApprovalKind::revision, revision, now, quorum);
}

Result<bool> ApprovalStore::are_first_deletes_approved(Timestamp now, const Quorum& quorum) const {
  return is_approved(ApprovalKind::first_deletes, "", now, quorum);
}

Result<void> ApprovalStore::mark_first_deletes_done(Timestamp now) {
  const auto rows = approval_rows(*database_, account_);
  if (!rows) return rows.error();
  return database_->atomically([&]() -> Result<void> {
    for (ApprovalRow row : *rows) {
      if (read_approval_kind(row.kind) != ApprovalKind::first_deletes || row.rail == kDone)
        continue;
      const auto by = standing_of(*database_, account_, row, now).by;
      row.rail = kDone;
      auto marked = database_->run("UPDATE approvals SET rail = ? WHERE n = ?", {row.rail, row.n});
      if (!marked) return marked;
      for (const Grantor& each : by) {
        auto put = put_approver(*database_, account_, row, row_of(each));
        if (!put) return put;
      }
    }
    return {};
  });
}

std::vector<std::string> approvers_of(const PeopleByPass& people,
                                      const AccountId& account,
                                      const Action& action) {
  std::set<std::string> names;
  for (const std::string& pass : approvals_on(account, action)) {
    const auto found = people.find(pass);
    if (found != people.end()) names.insert(found->second.begin(), found->second.end());
  }
  return {names.begin(), names.end()};
}

Result<PeopleByPass> ApprovalStore::people_by_pass() const {
  const auto rows = approval_rows(*database_, account_);
  if (!rows) return rows.error();
  PeopleByPass people;
  for (const ApprovalRow& row : *rows) {
    // Before all ends: an approval that has ended let through what it did.
    for (const Grantor& by : standing_of(*database_, account_, row, Timestamp{}).by) {
      for (const auto& [pass, is_done] : row.passes) people[pass].insert(by.who);
    }
  }
  return people;
}

Result<std::vector<Approval>> ApprovalStore::list(Timestamp now) const {
  const auto rows = approval_rows(*database_, account_);
  if (!rows) return rows.error();
  std::vector<Approval> found;
  for (const ApprovalRow& row : *rows) {
    const auto kind = read_approval_kind(row.kind);
    if (!kind) continue;
    Approval approval = approval_of(row, *kind, standing_of(*database_, account_, row, now));
    const bool says_something = !approval.by.empty() || approval.foreign > 0;
    if (says_something && !is_used_up(approval)) found.push_back(std::move(approval));
  }
  std::ranges::stable_sort(found, std::ranges::greater{}, newest);
  return found;
}

Result<void> ApprovalStore::revoke(ApprovalKind kind, const std::string& subject) {
  return database_->atomically([&]() -> Result<void> {
    const auto rails = database_->all<std::string>(
        "DELETE FROM approvals WHERE account = ? AND kind = ? AND subject = ? RETURNING rail",
        {account_.value, to_string(kind), subject},
        [](const SqlRow& row) { return row.text(0); });
    if (!rails) return rails.error();
    if (rails->empty()) {
      return Error{ErrorCode::not_found, "no approval of that kind and name is kept"};
    }
    // Approvals of the first hold of a new state end with it.
    if (std::ranges::find(*rails, rail::kFirstDeletes) == rails->end()) return {};
    return database_->run("DELETE FROM approvals WHERE account = ? AND kind = ?",
                          {account_.value, to_string(ApprovalKind::first_deletes)});
  });
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

/// Stores a new approval, or adds a person or a person's newer approval. Expired approvals, and
/// those from before it was done, do not become valid again.
Result<void> ApprovalStore::keep(ApprovalKind kind,
                                 const std::string& subject,
                                 const std::string& rail,
                                 const std::set<std::string>& passes,
                                 const Grantor& by) {
  return database_->atomically([&]() -> Result<void> {
    const auto kept = database_->first<std::pair<std::int64_t, std::string>>(
        "INSERT INTO approvals (account, kind, subject, rail, who, at, until)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (account, kind, subject)"
        " DO UPDATE SET who = excluded.who, at = excluded.at, until = excluded.until"
        " RETURNING n, rail",
        {account_.value, to_string(kind), subject, rail, by.who, by.at, by.until},
        [](const SqlRow& found) { return std::pair(found.number(0), found.text(1)); });
    if (!kept) return kept.error();
    if (!*kept) return {};
    const auto& [row, kept_rail] = **kept;
    auto used = database_->run(
        "DELETE FROM approvers WHERE approval = ?1"
        " AND EXISTS (SELECT 1 FROM passes WHERE approval = ?1 AND done IS NOT NULL)",
        {row});
    if (!used) return used;
    ApprovalRow approval{row, std::string(to_string(kind)), subject, kept_rail, {}, {}};
    for (const std::string& pass : passes) {
      auto added = database_->run(
          "INSERT INTO passes (approval, pass) VALUES (?, ?)"
          " ON CONFLICT (approval, pass) DO UPDATE SET done = NULL",
          {row, pass});
      if (!added) return added;
      approval.passes.emplace(pass, false);
    }
    return put_approver(*database_, account_, approval, row_of(by));
  });
}

}  // namespace authzd
