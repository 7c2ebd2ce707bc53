// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The mode as a filter after the diff: it turns actions into notes, and never adds one.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/planner.hpp"

namespace authzd {

/// Drops what the mode does not allow; each becomes a kept note NoteReason::mode
/// (NoteReason::expired for a grant whose end has come) that holds the action, so that the
/// difference is still shown. Sorting and hashing the result is the caller's.
Plan filter_by_mode(Plan plan, Mode mode);

bool is_allowed(Mode mode, Verb verb);

}  // namespace authzd
