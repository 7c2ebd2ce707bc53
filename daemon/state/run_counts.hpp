// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Corrects the counts of an ended run when an outcome becomes known after its end: its process was
// killed during a write, or a delete was unconfirmed. Private to this folder.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/converge/converge.hpp"

#include <cstddef>
#include <cstdint>

namespace authzd {

/// Call it in the transaction that records the outcome of the action, before the row changes: it
/// replaces the action's old count by the new one. Ignores a run in progress; its end will count.
Result<void> recount(Database& database, std::int64_t run, std::size_t number, OutcomeKind kind);

/// Sets the counts of an account's runs that never ended from their recorded outcomes.
Result<void> count_interrupted(Database& database, const AccountId& account);

}  // namespace authzd
