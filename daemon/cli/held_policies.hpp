// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an account holds now, whose that is, and what its manifests say, for the commands that show
// it: `list`, `export`, `reach`, `why`, `report`.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/observation.hpp"
#include "reconciler/report/reach.hpp"
#include "reconciler/report/wording.hpp"

namespace authzd {

/// The policies of an account, and the names of its roles and instances as far as they are known.
struct Holding {
  Observation observation;
  RoleNames role_names;
};

/// Reads it beside the account's cycles, and changes nothing. Errors: those of observe() and of
/// looking up roles.
Async<Holding> read_holding(AccountRuntime& account);  // coroutine-ref: the awaiter's

/// Says on standard error what cannot be shown, because it cannot be read.
void tell_of_unreadable(const CommandContext& context,
                        const AccountSpec& spec,
                        const Holding& holding);

/// Whose a policy is, as a plan of the account sees it. Without an owner, every marker of authzd is
/// ours. Errors: those of the state.
Result<OwnerOf> owners_in(const AccountRuntime& account, const Holding& holding);

/// The manifests in force, with the last known ids of their instance names: those that the daemon
/// works with, else the newest ones. Null: there are none, or they cannot be read, which is said on
/// standard error.
Async<SharedRevision> manifests_in_force(CommandContext context,
                                         const Workplace& place,    // coroutine-ref: the awaiter's
                                         AccountRuntime& account);  // coroutine-ref: the awaiter's

}  // namespace authzd
