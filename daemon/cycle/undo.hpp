// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Undo, from a recorded run to a plan that takes it back (design §6). The plan goes the way of
// every other one: rails, converge, record.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/cycle.hpp"
#include "daemon/cycle/planning.hpp"

#include <string>
#include <vector>

namespace authzd {

// What becomes of a pin. "By B": the run that is being undone was an undo, and put it there; before
// B nothing was pinned and the manifests counted, and that is what comes back.
//
//   key of an action that | not pinned before   | pinned by another run  | pinned by B
//   ----------------------+---------------------+------------------------+------------------
//   is about to be tried  | pinned              | pinned again            | stays
//   ended done            | stays               | stays                  | taken off
//   may have written      | stays               | stays                  | stays
//   did nothing, is held  | taken off           | as it was before       | stays

/// Pins of an undo: those that it puts on, and those that were there before on the same keys.
struct UndoPins {
  std::string undone;  // the run that is undone
  std::vector<KeptPin> added;
  std::vector<KeptPin> earlier;
};

struct PlannedUndo {
  Planned planned;
  UndoPins pins;
};

/// Before the first write, so that no cycle takes the undo back. Errors: those of the state.
Result<void> put_pins(AccountRuntime& account, const UndoPins& pins);

/// When it has ended: no key stays pinned that it did not touch. Errors: those of the state.
Result<void> settle_pins(AccountRuntime& account, const UndoPins& pins, const Performed& performed);

/// What would take `past` back, as a part of the account's run of now, with what the rails hold of
/// it: an answer to a prompt approves none. Errors: those of observing, of the state and of the
/// source's loader. Where no manifests in force are known, a note says that nothing was checked
/// against their assertions. `reading`: with the account's turn, or beside it, to show only.
Async<PlannedUndo> plan_undo(AccountRuntime& account,  // coroutine-ref: the awaiter's
                             ReadingContext reading,
                             RunDetail past);

}  // namespace authzd
