// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Undo, from a recorded run to a plan that takes it back (design §6). The plan goes the way of
// every other one: rails, converge, record.
#pragma once

#include "daemon/run/account_runtime.hpp"
#include "daemon/run/planning.hpp"

#include <vector>

namespace authzd {

struct PlannedUndo {
  Planned planned;
  std::vector<KeptPin> pins;  // to be kept before the first write, so that no cycle takes it back
};

/// What would take `past` back, as a part of the account's run of now. The person who says yes to
/// it approves the rails that count, and no other (design §6): these hold nothing in it. Errors:
/// those of observing, of the state and of the source's loader. Take the account's turn first.
Async<PlannedUndo> plan_undo(AccountRuntime& account,  // coroutine-ref: the awaiter's
                             RunDetail past);

}  // namespace authzd
