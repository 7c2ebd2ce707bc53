// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The mode as a filter after the diff: it turns actions into notes, and adds none.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/planner.hpp"

namespace authzd {

/// Drops the actions that the mode does not allow. Each becomes a kept note NoteReason::mode
/// (NoteReason::expired for a grant whose end has come) that contains the action, so that the
/// difference is still shown. The caller sorts and hashes the result.
Plan filter_by_mode(Plan plan, Mode mode);

bool is_allowed(Mode mode, Verb verb);

}  // namespace authzd
