// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What several runs write down in the same way.
#pragma once

#include "daemon/state/account_state.hpp"
#include "reconciler/plan/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// How an action ended, and with it the end of what was approved of it.
Result<void> record_outcome(AccountState& state,
                            const AccountId& account,
                            const ActionRef& ref,
                            const Action& action,
                            const Outcome& outcome,
                            Timestamp now);

/// Lets through what `hash` names in this plan, which has its holds: one of them, or all where it
/// is the plan's own. Letting through an account's first deletes lets them through for good.
/// Returns what it let through. Errors: not_found, those of the state.
Result<std::vector<Hold>> approve(AccountState& state,
                                  const Plan& plan,
                                  std::string_view hash,
                                  const Grantor& by);

/// Lets in the revision that was refused because it does not descend from the one applied last.
/// Errors: not_found where it is not the newest that was tried; those of the state.
Result<void> approve_revision(AccountState& state, std::string_view revision, const Grantor& by);

}  // namespace authzd
