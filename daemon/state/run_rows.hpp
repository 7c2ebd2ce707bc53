// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reads runs and actions from their tables, and corrects their counts. Private to this folder: use
// RunLedger.
#pragma once

#include "daemon/state/database.hpp"
#include "daemon/state/run_record.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/converge/converge.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

Result<Action> read_action_row(Database& database,
                               const AccountId& account,
                               std::int64_t run,
                               std::size_t number);

Result<std::vector<RunSummary>> read_last_runs(Database& database,
                                               const AccountId& account,
                                               std::size_t count);

/// Runs whose id begins with `id`, at most two; an exact match comes first.
Result<std::vector<RunSummary>> read_runs_like(Database& database,
                                               const AccountId& account,
                                               std::string_view id);

Result<std::vector<RecordedAction>> read_actions(Database& database,
                                                 const AccountId& account,
                                                 const std::string& run);

/// The run of exactly that id. Errors: not_found.
Result<RunSummary> read_run_of(Database& database, const AccountId& account, const std::string& id);

/// Errors: not_found.
Result<RecordedAction> read_recorded_action(Database& database,
                                            const AccountId& account,
                                            const ActionRef& ref);

Result<std::vector<RecordedAction>> read_unknown_outcomes(Database& database,
                                                          const AccountId& account);

/// Creates that were sent since then and count as not done: the newest 256.
Result<std::vector<RecordedAction>> read_unwritten_creates(Database& database,
                                                           const AccountId& account,
                                                           Timestamp since);

/// Corrects the counts of an ended run when an outcome becomes known after its end: its process was
/// killed during a write, or a delete was unconfirmed. Call it in the transaction that records the
/// outcome of the action, before the row changes: it replaces the action's old count by the new
/// one. Ignores a run in progress; its end will count.
Result<void> recount(Database& database, std::int64_t run, std::size_t number, OutcomeKind kind);

/// Sets the counts of an account's runs that never ended from their recorded outcomes.
Result<void> count_interrupted(Database& database, const AccountId& account);

}  // namespace authzd
