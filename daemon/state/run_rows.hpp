// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reads runs and actions from their tables. Private to this folder: use RunLedger.
#pragma once

#include "daemon/state/database.hpp"
#include "daemon/state/run_record.hpp"

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

Result<std::vector<RecordedAction>> read_unknown_outcomes(Database& database,
                                                          const AccountId& account);

}  // namespace authzd
