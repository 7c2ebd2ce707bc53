// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whose word counts in an account when what they let through is about to be used. An approver may
// have become an author since: then the approval is no longer another person's.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "daemon/state/account_state.hpp"

namespace authzd {

/// Who wrote what is not done yet: what was committed since nothing was held, and the ends that
/// have come by `now`. Errors: those of the state.
Result<Authors> authors_of_what_waits(const AccountState& state, Timestamp now);

/// By rails.approvers and by who wrote what waits, `besides` among them: who wrote a revision that
/// was not taken. Errors: those of the state.
Result<Quorum> quorum_of(const AccountSpec& spec,
                         const AccountState& state,
                         Timestamp now,
                         const Authors& besides = {});

}  // namespace authzd
