// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is remembered of a release by hand (`authzd release`), so that the next cycle does not take
// up again what a person has just let stay.
#pragma once

#include "daemon/run/account_runtime.hpp"
#include "daemon/run/cycle.hpp"

namespace authzd {

/// Forgets what needed no write, and pins the keys of what was released and a manifest still wants:
/// `adopt` does not take it up again until that manifest changes, or until `unpin`. `good` is what
/// the account's loader enforced last; where nothing was ever good, no manifest is known, and
/// nothing is pinned. Errors: that of `good`, where it could not be read; those of the state.
Result<void> settle_release(AccountRuntime& account,
                            const Performed& performed,
                            const Result<SharedRevision>& good);

}  // namespace authzd
