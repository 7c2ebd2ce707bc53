// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan of an urgent revision in an account whose wave has not come: what takes access away goes
// on, and what gives access waits. Apply it before the rails, which judge what is left.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/plan/plan.hpp"

#include <map>
#include <string>

namespace authzd {

/// Each action that may give access, or changes no access, becomes a note (WaitsForWave) with the
/// action in `dropped`. What stays: deletes, updates that only narrow, and what restores what
/// others took from a policy of ours.
Plan only_narrowing(Plan plan, const std::string& why);

/// An end that the revision in force before had, and that comes earlier or is there no longer,
/// stays: a later end gives access, too.
Desired with_earlier_ends(Desired desired, const std::map<Key, Timestamp>& ends);

}  // namespace authzd
