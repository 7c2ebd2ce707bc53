// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Folds a cycle into the history of each object, and finds what has not been reported yet.
#pragma once

#include "reconciler/converge/converge.hpp"
#include "reconciler/plan/stall.hpp"

#include <cstddef>
#include <set>
#include <span>
#include <vector>

namespace authzd {

/// What to report once, and again only after a change.
struct CycleNews {
  std::vector<std::size_t> errors;  // indices of the outcomes with a new error
  std::vector<std::size_t> notes;   // indices of conflict notes that the last cycle did not have
  std::vector<Action> stalled;      // Stalled since this cycle, attempted in it or not
};

struct FoldedCycle {
  ObjectHistories histories;
  CycleNews news;
};

/// Changes that only another installation with our owner and identity can have made.
struct Rivalry {
  std::set<PolicyId> remade;  // have our marker, were made by our identity, but not by this state
  std::set<Key> unmade;       // our policies that our identity deleted, but not this state
};

/// `plan` as performed (after set_aside), and the outcomes of its actions. An object is forgotten
/// if its write was not needed, or is held, because then it waits for a person. A skipped outcome
/// does not count as an attempt. A delete of a remade policy, and a create of an unmade key, each
/// add to the contest of their key, which is remembered for kContestMemory.
FoldedCycle fold_cycle(const ObjectHistories& before,
                       const Plan& plan,
                       std::span<const Outcome> outcomes,
                       Timestamp now,
                       const Rivalry& rivalry = {});

}  // namespace authzd
