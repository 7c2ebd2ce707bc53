// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an earlier run, or a process that died, left open: writes of which nobody knows how they
// ended, and deletes that nobody has seen done. They are settled by reading, never by repeating.
#pragma once

#include "daemon/cycle/reading_context.hpp"
#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// A write that was sent, and of which no read tells yet whether it was done.
struct OpenWrite {
  Action action;
  std::string run;  // that sent it
  Timestamp since = {};
};

struct OpenWrites {
  /// What is still open after all reading: a replica may lag, or a read failed. Nothing of it is
  /// written until it is known; that takes at most the settle time and a read that succeeds.
  std::vector<OpenWrite> open;
  std::size_t settled = 0;  // whose end is in the state now

  /// Deletes of these that took somebody's last change with them, which nobody has brought back:
  /// to be reported.
  std::vector<Error> gaps;
};

/// Whether a write to this policy is open.
bool is_open(const OpenWrites& ends, const PolicyId& id);

/// Reads what must be read, and records what it shows where it may; this is the one thing that
/// planning writes to the state, as any plan would otherwise be made from what the state does not
/// know. `listed`: the policies of the account, listed just now. Costs nothing where nothing is
/// open. Errors: those of the state; of the reader only unauthenticated and cancelled.
Async<OpenWrites> settle_loose_ends(ReadingContext context,
                                    std::span<const Observed> listed);  // outlives the call

/// The plan without the actions on what is open, and with a conflict note on each such write. The
/// hash is that of what is left: whoever reviews it has not seen the rest.
Plan without_loose_ends(Plan plan, std::span<const OpenWrite> open);

}  // namespace authzd
