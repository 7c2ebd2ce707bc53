// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The counts of a run that has ended, kept true where an outcome is found out after its end: its
// process was killed in a write, or a delete was not seen done. Private to this folder.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/converge/converge.hpp"

#include <cstddef>
#include <cstdint>

namespace authzd {

/// To be called in the step that records the outcome of the action, before the row is changed:
/// takes out of the counts what the action counted as, and puts in what it counts as from now on. A
/// run that is still under way is left alone; its end will count.
Result<void> recount(Database& database, std::int64_t run, std::size_t number, OutcomeKind kind);

/// Gives the runs of an account that never ended the counts of those outcomes that are recorded.
Result<void> count_interrupted(Database& database, const AccountId& account);

}  // namespace authzd
