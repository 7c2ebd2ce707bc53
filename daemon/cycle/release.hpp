// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A release by hand (`authzd release`): its plan, and what is remembered of it, so that the next
// cycle does not take up again what a person has just let stay.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/cycle.hpp"
#include "daemon/cycle/planning.hpp"

namespace authzd {

/// The plan that takes the marker off every policy of ours, or off those that `which` names, as
/// make_release_plan() has it. `good`: the manifests in force; null: none are known, and a note
/// says that nothing was checked against their assertions. The count rails are not asked: the
/// person has been shown the plan. Errors: those of observe, of resolve_roles and the state.
Async<Planned> plan_release(ReadingContext context, SharedRevision good, std::string which);

/// Forgets what needed no write, and pins the keys of what was released and a manifest still wants:
/// `adopt` does not take it up again until that manifest changes, or until `unpin`. `good` is what
/// the account's loader enforced last; where nothing was ever good, no manifest is known, and
/// nothing is pinned. Errors: that of `good`, where it could not be read; those of the state.
Result<void> settle_release(AccountRuntime& account,
                            const Performed& performed,
                            const Result<SharedRevision>& good);

}  // namespace authzd
