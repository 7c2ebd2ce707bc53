// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an earlier run, or a process that died, left open: writes of which nobody knows how they
// ended, and deletes that nobody has seen done. They are settled by reading, never by repeating.
#pragma once

#include "daemon/run/observation.hpp"
#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <set>
#include <vector>

namespace authzd {

/// What is still open after all reading: a replica may lag, or a read failed. Nothing of it is
/// written until it is known; that takes at most the settle time and a read that succeeds.
struct LooseEnds {
  std::set<Key> keys;
  std::set<PolicyId> ids;
  std::size_t settled = 0;  // whose end is in the state now

  /// Deletes of these that took somebody's last change with them, which nobody has brought back:
  /// to be reported.
  std::vector<Error> gaps;

  [[nodiscard]] bool is_about(const Action& action) const {
    return keys.contains(action.key) || ids.contains(action.id);
  }
};

/// Reads what must be read, and records what it shows. Costs nothing where nothing is open.
/// Errors: those of the state; of the reader only unauthenticated, cancelled and a list that fails.
Async<LooseEnds> settle_loose_ends(ReadingContext context);

/// The plan without the actions on what is open; a note on each says so.
Plan without_loose_ends(Plan plan, const LooseEnds& open);

}  // namespace authzd
