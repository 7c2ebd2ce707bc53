// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A manual release (`authzd release`): its plan, and its record, so that the next cycle does not
// adopt again what a person has just released.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/cycle.hpp"
#include "daemon/cycle/planning.hpp"

namespace authzd {

/// The plan that removes the marker from all our policies, or from those that `which` names, as in
/// make_release_plan(). `good`: the manifests in force; null: none are known, and a note says that
/// nothing was checked against their assertions. The count rails do not apply: the person has seen
/// the plan. Errors: those of observe, of resolve_roles and the state.
Async<Planned> plan_release(ReadingContext context, SharedRevision good, std::string which);

/// Forgets the policies that needed no write, and pins the keys that were released and that a
/// manifest still wants: `adopt` ignores them until that manifest changes, or until `unpin`. `good`
/// is what the account's loader enforced last; if there never was one, no manifest is known, and
/// nothing is pinned. Errors: that of `good`, if it could not be read; those of the state.
Result<void> settle_release(AccountRuntime& account,
                            const Performed& performed,
                            const Result<SharedRevision>& good);

}  // namespace authzd
