// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What one account's state knows of policies: which are ours, and their origin; their last ETags;
// our recent writes; and unconfirmed deletes.
#pragma once

#include "daemon/state/database.hpp"
#include "daemon/state/memo.hpp"
#include "daemon/state/written_store.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/converge/converge.hpp"
#include "reconciler/converge/overlay.hpp"
#include "reconciler/plan/ownership.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// A DELETE that may have been done and that no read has confirmed.
struct PendingDelete {
  PolicyId id;
  Action action;    // with the policy as it was
  std::string run;  // that sent it
  Timestamp since = {};
};

class PolicyMemory {
 public:
  PolicyMemory(std::shared_ptr<Database> database, AccountId account);

  /// Policies that are ours: created or adopted by us, and neither released nor seen as gone.
  /// Kept in memory while nothing changes them.
  [[nodiscard]] Result<KnownPolicies> known() const;

  /// The last ETag that IAM returned for each of them, used if a read has none.
  [[nodiscard]] Result<std::map<PolicyId, Etag>> last_etags() const;

  /// Own writes since then: the last one to each policy, the oldest first.
  [[nodiscard]] Result<std::vector<OwnWrite>> own_writes(Timestamp since) const;

  /// Whether any policy was ever known as ours, including removed ones while they are stored.
  [[nodiscard]] Result<bool> has_known_any() const;

  [[nodiscard]] Result<std::vector<PendingDelete>> pending_deletes() const;

  /// Adds policies that another witness showed to be ours; known ones stay unchanged. Writes
  /// nothing if all are known.
  Result<void> remember(const std::map<PolicyId, PolicyOrigin>& ours);

  /// A read showed it gone or deleted: it is no longer ours, and no delete of it is pending.
  Result<void> seen_gone(const PolicyId& id, Timestamp now);

  /// A read showed that a pending delete was not done, or was reverted.
  Result<void> seen_there(const PolicyId& id);

  // The two below are for the ledger, within its own transaction.
  Result<void> begin_delete(const Action& action, const std::string& run, Timestamp now);
  Result<void> learn(const Action& action, const Outcome& outcome, Timestamp now);

 private:
  [[nodiscard]] Result<std::map<PolicyId, PolicyOrigin>> read_known() const;
  Result<void> learn_gone(const Action& action, const Outcome& outcome, Timestamp now);
  Result<void> learn_stored(const Action& action, const Versioned& stored, Timestamp now);
  Result<void> account_for(const Action& action, const Observed& stored, Timestamp now);
  Result<void> keep_own_write(const Observed& policy, Timestamp now);

  std::shared_ptr<Database> database_;
  AccountId account_;
  WrittenStore written_;
  mutable Memo<std::map<PolicyId, PolicyOrigin>> known_;
};

}  // namespace authzd
