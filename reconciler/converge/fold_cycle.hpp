// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a cycle adds to what is remembered of each object, and what of it nobody has heard yet.
#pragma once

#include "reconciler/converge/converge.hpp"
#include "reconciler/plan/stall.hpp"

#include <cstddef>
#include <set>
#include <span>
#include <vector>

namespace authzd {

/// What is to be reported once, and again only after it has changed.
struct CycleNews {
  std::vector<std::size_t> errors;  // indices of the outcomes that failed in a new way
  std::vector<std::size_t> notes;   // indices of conflict notes that the last cycle did not have
  std::vector<Action> stalled;      // Stalled from this cycle on, tried in it or not
};

struct FoldedCycle {
  ObjectHistories histories;
  CycleNews news;
};

/// What only another installation with our owner and identity can have done.
struct Rivalry {
  std::set<PolicyId> remade;  // carry our marker, made by our identity, and not by this state
  std::set<Key> unmade;       // ours were deleted by our identity, and not by this state
};

/// `plan` as it was performed (after set_aside) and how its actions ended. An object whose write
/// was not needed is forgotten; so is one whose write is held, for it waits for a person. An
/// outcome that was skipped is no try. A delete of what was remade, and a create of what was
/// unmade, each add to the contest of their key, which is remembered for kContestMemory.
FoldedCycle fold_cycle(const ObjectHistories& before,
                       const Plan& plan,
                       std::span<const Outcome> outcomes,
                       Timestamp now,
                       const Rivalry& rivalry = {});

}  // namespace authzd
