// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether a person has suspended an account.
#pragma once

#include "daemon/cycle/account_runtime.hpp"

#include <optional>

namespace authzd {

/// Why nothing of the account may be written by a run of that kind; none: it may. A release goes
/// all the same, as one suspends before it. An error of the state counts as a suspension.
std::optional<Error> find_suspension(const AccountRuntime& account, RunKind kind);

}  // namespace authzd
