// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether a person has suspended an account.
#pragma once

#include "daemon/cycle/account_runtime.hpp"

#include <optional>

namespace authzd {

/// Why a run of that kind must not write to the account; none: it may. A release is allowed
/// nevertheless, since accounts are suspended before it. An error of the state counts as a
/// suspension.
std::optional<Error> find_suspension(const AccountRuntime& account, RunKind kind);

}  // namespace authzd
