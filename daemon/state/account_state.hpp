// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What authzd remembers about one account between cycles. Losing it never causes a wrong write: it
// loses history and undo, makes authzd less certain of what is its own, and holds deletes until
// they are approved.
#pragma once

#include "daemon/state/approval_store.hpp"
#include "daemon/state/change_mark.hpp"
#include "daemon/state/database.hpp"
#include "daemon/state/history_store.hpp"
#include "daemon/state/instance_store.hpp"
#include "daemon/state/pin_store.hpp"
#include "daemon/state/policy_memory.hpp"
#include "daemon/state/rail_memory.hpp"
#include "daemon/state/refusal_store.hpp"
#include "daemon/state/retention.hpp"
#include "daemon/state/revision_store.hpp"
#include "daemon/state/run_ledger.hpp"
#include "daemon/state/suspensions.hpp"
#include "daemon/state/time_store.hpp"
#include "daemon/state/written_store.hpp"

#include <memory>

namespace authzd {

/// The parts share one database, so that a change to several of them is atomic.
class AccountState {
 public:
  AccountState(const std::shared_ptr<Database>& database, const AccountId& account);

  RunLedger runs;
  PolicyMemory policies;
  RevisionStore revisions;
  RefusalStore refusals;
  ApprovalStore approvals;
  PinStore pins;
  HistoryStore histories;
  InstanceStore instances;
  TimeStore times;
  RailMemory rails;
  WrittenStore written;
  ChangeMark changes;
  Suspensions suspensions;  // of all accounts

  /// Removes a few entries that are too old: call it at the end of each run.
  Result<void> forget_old(Timestamp now, const Retention& retention = {});

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

/// A state that ends with the process: for a call that stores nothing. Errors: internal.
Result<std::unique_ptr<AccountState>> state_in_memory(const AccountId& account);

}  // namespace authzd
