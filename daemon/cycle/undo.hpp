// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Undo, from a recorded run to a plan that reverses it (design §6). The plan is treated like any
// other: rails, converge, record.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/cycle.hpp"
#include "daemon/cycle/planning.hpp"

#include <string>
#include <vector>

namespace authzd {

// What happens to a pin. "By B": the run that is being undone was an undo, and set the pin; before
// B nothing was pinned and the manifests counted, and that is restored.
//
//   key of an action that | not pinned before   | pinned by another run  | pinned by B
//   ----------------------+---------------------+------------------------+------------------
//   is about to be tried  | pinned              | pinned again            | stays
//   ended done            | stays               | stays                  | removed
//   may have written      | stays               | stays                  | stays
//   did nothing, is held  | removed             | as it was before       | stays

/// Pins of an undo: those that it sets, and those that already existed on the same keys.
struct UndoPins {
  std::string undone;  // the run that is undone
  std::vector<KeptPin> added;
  std::vector<KeptPin> earlier;
};

struct PlannedUndo {
  Planned planned;
  UndoPins pins;
};

/// Before the first write, so that no cycle reverses the undo. Errors: those of the state.
Result<void> put_pins(AccountRuntime& account, const UndoPins& pins);

/// After the undo: keys that it did not change do not remain pinned. Errors: those of the state.
Result<void> settle_pins(AccountRuntime& account, const UndoPins& pins, const Performed& performed);

/// The plan that reverses `past`, as a part of the account's current run, after the rails: an
/// answer to a prompt approves no holds. Errors: those of observing, of the state and of the
/// source's loader. If no manifests in force are known, a note says that nothing was checked
/// against their assertions. `reading`: with the account's turn, or without it, only for display.
Async<PlannedUndo> plan_undo(AccountRuntime& account,  // coroutine-ref: the awaiter's
                             ReadingContext reading,
                             RunDetail past);

}  // namespace authzd
