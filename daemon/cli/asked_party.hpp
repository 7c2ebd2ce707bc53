// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A source or a target as people write it, before it is compared with policies: its account where
// a CRN names one, and the id of an instance that is given by its name.
#pragma once

#include "daemon/cli/workplace.hpp"
#include "daemon/cycle/account_runtime.hpp"
#include "reconciler/report/reach.hpp"

#include <optional>
#include <string>

namespace authzd {

/// What is wrong with what was written for `party`, which would make the answer one to another
/// question; empty: nothing.
std::string fault_of(const ReachParty& party, std::string_view written);

/// The accounts in which a policy may have this target. Errors: rejected, where the CRN is of an
/// account that is none of them.
Result<Accounts> accounts_of(const Accounts& accounts, const ReachParty& target);

/// The id of an instance by the name that a manifest or the Resource Controller has; an id is
/// returned as it is. None: neither knows the name. Errors: those of the state; rejected, where
/// several instances have the name.
Async<std::optional<std::string>> id_of_instance(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    std::string service,
    std::string given);

}  // namespace authzd
