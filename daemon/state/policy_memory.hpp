// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What one account's state knows of policies: which are ours, and how they came to be; their last
// ETags; what we wrote recently; and which deletes nobody has seen done.
#pragma once

#include "daemon/state/database.hpp"
#include "daemon/state/written_store.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/converge/converge.hpp"
#include "reconciler/converge/overlay.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace authzd {

enum class PolicyOrigin {
  created,  // by us
  adopted,  // by someone else; or we do not know
};

/// A DELETE that may have been done and that no read has shown done.
struct PendingDelete {
  PolicyId id;
  Action action;    // with the policy as it was
  std::string run;  // that sent it
  Timestamp since = {};
};

class PolicyMemory {
 public:
  PolicyMemory(std::shared_ptr<Database> database, AccountId account);

  /// Policies that are ours: made or taken over by us, and neither released nor seen gone.
  [[nodiscard]] Result<std::map<PolicyId, PolicyOrigin>> known() const;

  /// The last ETag that IAM gave for each of them, for a read that comes without one.
  [[nodiscard]] Result<std::map<PolicyId, Etag>> last_etags() const;

  /// Own writes since then: the last one of each policy, the oldest first.
  [[nodiscard]] Result<std::vector<OwnWrite>> own_writes(Timestamp since) const;

  /// Whether any policy was ever known as ours, gone ones included as long as they are kept.
  [[nodiscard]] Result<bool> has_known_any() const;

  [[nodiscard]] Result<std::vector<PendingDelete>> pending_deletes() const;

  /// Learns policies that were seen to be ours by another witness; those known stay as they are.
  /// Writes nothing where all are known.
  Result<void> remember(const std::map<PolicyId, PolicyOrigin>& ours);

  /// A read showed it gone or deleted: it is ours no more, and no delete of it is pending.
  Result<void> seen_gone(const PolicyId& id, Timestamp now);

  /// A read showed that a pending delete was not done, or was taken back.
  Result<void> seen_there(const PolicyId& id);

  // The two below are for the ledger, within its own change of the database.
  Result<void> begin_delete(const Action& action, const std::string& run, Timestamp now);
  Result<void> learn(const Action& action, const Outcome& outcome, Timestamp now);

 private:
  Result<void> learn_gone(const Action& action, const Outcome& outcome, Timestamp now);
  Result<void> learn_stored(const Action& action, const Versioned& stored, Timestamp now);
  Result<void> account_for(const Observed& policy, Timestamp now);
  Result<void> keep_own_write(const Observed& policy, Timestamp now);

  std::shared_ptr<Database> database_;
  AccountId account_;
  WrittenStore written_;
};

}  // namespace authzd
