// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rows of approvals, read whole, and the seal that tells those that authzd wrote. What the seal
// cannot tell: a row that was deleted; a pass that was done and was set back to undone, as to seal
// each would cost a read of them all for each action; and a whole older state with its key.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// One person's word for it.
struct ApproverRow {
  std::int64_t login_uid = -1;  // -1: nobody knows who logged in
  std::string who;
  Timestamp at = {};
  std::optional<Timestamp> until = {};  // none: for good
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

/// All of one account, by n.
Result<std::vector<ApprovalRow>> approval_rows(Database& database, const AccountId& account);

/// What the approver's row must carry.
std::string seal_of(const Database& database,
                    const AccountId& account,
                    const ApprovalRow& approval,
                    const ApproverRow& approver);

/// Writes the row, in the place of an earlier one of the same person.
Result<void> put_approver(Database& database,
                          const AccountId& account,
                          const ApprovalRow& approval,
                          const ApproverRow& approver);

/// Whether any of the account's rows lies after `latest`.
Result<bool> has_approver_after(Database& database, const AccountId& account, Timestamp latest);

/// Gives each row that lies after `latest` the time `now`, with as long to go as it had. One that
/// authzd did not write stays one that it did not write.
Result<void> set_approvers_back(Database& database,
                                const AccountId& account,
                                Timestamp latest,
                                Timestamp now);

/// Seals what a version without seals has left. For a migration.
Result<void> seal_earlier_approvals(Database& database);

}  // namespace authzd
