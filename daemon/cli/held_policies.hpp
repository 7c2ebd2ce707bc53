// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an account holds now, for the commands that show it: `list`, `export`, `reach`.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/observation.hpp"
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

}  // namespace authzd
