// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What authzd remembers about one account between cycles, and how long. Losing it never causes a
// wrong write: it loses history and undo, makes authzd less certain of what is its own, and holds
// deletes until they are approved.
#pragma once

#include "daemon/state/account_times.hpp"
#include "daemon/state/approval_store.hpp"
#include "daemon/state/change_history.hpp"
#include "daemon/state/commit_store.hpp"
#include "daemon/state/database.hpp"
#include "daemon/state/policy_memory.hpp"
#include "daemon/state/rail_memory.hpp"
#include "daemon/state/refusal_store.hpp"
#include "daemon/state/revision_store.hpp"
#include "daemon/state/run_ledger.hpp"
#include "daemon/state/small_stores.hpp"
#include "daemon/state/suspensions.hpp"
#include "daemon/state/written_store.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace authzd {

/// What the state may remove, so that its size stays bounded.
struct Retention {
  std::size_t runs = 1'000;                                     // kept however old they are
  std::chrono::milliseconds age = std::chrono::hours(24 * 90);  // how long everything else is kept
  std::chrono::milliseconds settle = std::chrono::hours(24);    // how long own writes are kept
  std::chrono::milliseconds uses = std::chrono::hours(24 * 730);  // longer than any holdUsedWithin
  std::size_t step = 200;  // runs that one call removes at most
};

/// Removes, for one account: runs that wrote nothing, beyond the newest `runs` of them; runs that
/// wrote, beyond the newest `runs` and the age, unless a write has an unknown outcome; own writes
/// that no list can lag behind any more; and other entries older than the age. Cheap if there is
/// nothing to remove.
Result<void> forget_old(Database& database,
                        const AccountId& account,
                        const Retention& retention,
                        Timestamp now);

/// The parts share one database, so that a change to several of them is atomic.
class AccountState {
 public:
  AccountState(const std::shared_ptr<Database>& database, const AccountId& account);

  RunLedger runs;
  ChangeHistory past;
  PolicyMemory policies;
  RevisionStore revisions;
  CommitStore commits;
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

  /// Makes all changes of `change`, or none: many at the cost of one, as each waits for the disk.
  Result<void> atomically(const std::function<Result<void>()>& change) {
    return database_->atomically(change);
  }

  /// Removes a few entries that are too old: call it at the end of each run.
  Result<void> forget_old(Timestamp now, const Retention& retention = {});

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

/// A state that ends with the process: for a call that stores nothing. Errors: internal.
Result<std::unique_ptr<AccountState>> state_in_memory(const AccountId& account);

}  // namespace authzd
