// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an earlier run, or a process that died, left open: writes with unknown outcomes, and
// unconfirmed deletes. They are settled by reading, never by repeating.
#pragma once

#include "daemon/cycle/reading_context.hpp"
#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// A write that was sent, and that no read has confirmed or disproved yet.
struct OpenWrite {
  Action action;
  std::string run;  // that sent it
  Timestamp since = {};
};

struct OpenWrites {
  /// What is still open after all reads: a replica may lag, or a read failed. These policies are
  /// not written until it is known; that takes at most the settle time and a successful read.
  std::vector<OpenWrite> open;
  std::size_t settled = 0;  // whose outcome is in the state now

  /// Deletes that discarded the last change of someone else, and were not restored: to be reported.
  std::vector<Error> gaps;
  /// Writes of which nobody can tell any more whether they were done: they count as done. Also
  /// creates that IAM refused and did.
  std::vector<Error> doubts;
  /// The keys of these creates. A proxy may have sent them twice.
  std::set<Key> made = {};
};

/// Whether a write to this policy is open.
bool is_open(const OpenWrites& ends, const PolicyId& id);

/// Reads what must be read, and records the results if it may. This is the only thing that planning
/// writes to the state, as otherwise every plan would be made without that knowledge. `listed`: the
/// policies of the account, just listed; `identity`: the token's. Without open writes it costs
/// nothing. Errors: those of the state; of the reader only unauthenticated and cancelled.
Async<OpenWrites> settle_loose_ends(ReadingContext context,
                                    std::span<const Observed> listed,  // outlives the call
                                    IamId identity);

/// The plan without the actions on open writes, and with a conflict note for each. The hash is that
/// of the remaining actions: a reviewer has not seen the others.
Plan without_loose_ends(Plan plan, std::span<const OpenWrite> open);

}  // namespace authzd
