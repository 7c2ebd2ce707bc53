// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What only the state can tell about the actions of a plan: what our last writes left in IAM, when
// a policy was last used though IAM has forgotten it, and for how long a removal has been wanted.
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/plan/plan.hpp"

#include <map>
#include <set>
#include <string>

namespace authzd {

/// A policy of ours that someone else deleted.
struct LostPolicy {
  PolicyId id;
  PolicyContent content;  // as our last write left it

  bool operator==(const LostPolicy&) const = default;
};

struct PlanMemory {
  std::map<PolicyId, PolicyContent> written;        // as our last write left it
  std::map<Key, LostPolicy> lost;                   // by the key that it had
  std::map<PolicyId, Drift> deletions;              // who deleted what is lost, as far as known
  std::map<Key, PolicyId> unwritten;                // deleted, and never written by us: adopted, or
                                                    // of before the state was lost
  std::map<PolicyId, Timestamp> last_uses;          // the latest that IAM ever told
  std::map<std::string, Timestamp> removals_since;  // by hash_action()
};

/// The plan with these facts on its actions, those that the mode keeps back included. Where IAM and
/// the memory tell two times of the last use, the later one counts: IAM forgets it with a delete.
Plan recall(Plan plan, const PlanMemory& memory);

/// The hashes of all actions of the plan that take access away: what is wanted, whether or not it
/// is held.
std::set<std::string> wanted_removals(const Plan& plan);

}  // namespace authzd
