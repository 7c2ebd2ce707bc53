// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rows of approvals, read completely, and the seal that identifies rows written by authzd. The
// seal does not detect: a deleted row; a pass that was done and was reset, because sealing each
// pass would require reading them all for each action; and a whole older state with its key.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// One person's approval.
struct ApproverRow {
  std::int64_t login_uid = -1;  // -1: the login is unknown
  std::string who;
  Timestamp at = {};
  std::optional<Timestamp> until = {};  // none: without end
  std::string seal = {};
};

struct ApprovalRow {
  std::int64_t n = 0;
  std::string kind;
  std::string subject;
  std::string rail;
  std::map<std::string, bool> passes;  // whether each is done
  std::vector<ApproverRow> approvers;
};

/// All rows of one account, by n.
Result<std::vector<ApprovalRow>> approval_rows(Database& database, const AccountId& account);

/// The seal that the approver's row must have.
std::string seal_of(const Database& database,
                    const AccountId& account,
                    const ApprovalRow& approval,
                    const ApproverRow& approver);

/// Writes the row, replacing an earlier one of the same person.
Result<void> put_approver(Database& database,
                          const AccountId& account,
                          const ApprovalRow& approval,
                          const ApproverRow& approver);

/// Whether any of the account's rows is later than `latest`.
Result<bool> has_approver_after(Database& database, const AccountId& account, Timestamp latest);

/// Sets each row that is later than `latest` to `now`, with the same remaining time. A row that
/// authzd did not write stays invalid.
Result<void> set_approvers_back(Database& database,
                                const AccountId& account,
                                Timestamp latest,
                                Timestamp now);

/// Seals the rows of a version without seals. For a migration.
Result<void> seal_earlier_approvals(Database& database);

}  // namespace authzd
