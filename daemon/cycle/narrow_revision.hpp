// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A revision of which an account carries out only what narrows: what it keeps of the one before.
#pragma once

#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/state/account_state.hpp"

namespace authzd {

/// No end comes later than in what was applied before, until the account's wave comes. Does nothing
/// to another revision. Errors: those of the state.
Result<void> keep_earlier_ends(const AccountState& state, NamedRevision& named);

}  // namespace authzd
