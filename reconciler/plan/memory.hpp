// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What only the state can tell about the actions of a plan: what our last writes left in IAM, when
// a policy was last used though IAM has forgotten it, and for how long a removal has been wanted.
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/rail_rules.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// A policy of ours that someone else deleted.
struct LostPolicy {
  PolicyId id;
  PolicyContent content;  // as our last write left it

  bool operator==(const LostPolicy&) const = default;
};

/// A policy of ours that has what a revision grants, whoever gave it.
struct GrantedPolicy {
  PolicyId id;
  PolicyContent content;  // with the roles that the revision grants, and no others
  bool is_whole = true;   // false: it has other roles, too
};

/// What is ours of a policy that we wrote so, once a revision grants that of it.
PolicyContent as_granted(PolicyContent written, const GrantedPolicy& granted);

struct PlanMemory {
  std::map<PolicyId, PolicyContent> written;        // as our last write left it
  std::map<Key, LostPolicy> lost;                   // by the key that it had
  std::map<PolicyId, Drift> deletions;              // who deleted what is lost, as far as known
  std::map<Key, PolicyId> unwritten;                // deleted, and never written by us: adopted, or
                                                    // of before the state was lost
  std::map<PolicyId, Timestamp> last_uses;          // the latest that IAM ever told
  std::map<std::string, Timestamp> removals_since;  // by hash_removal()
};

/// The plan with these facts on its actions, those that the mode keeps back included. Where IAM and
/// the memory tell two times of the last use, the later one counts: IAM forgets it with a delete.
Plan recall(Plan plan, const PlanMemory& memory);

/// By hash_removal(), all actions of the plan that take access away: what is wanted, whether or not
/// it is held.
std::set<std::string> wanted_removals(const Plan& plan);

/// For each change of the plan that is held: the update that takes away what others have added to
/// its policy, and nothing else, so that a change that waits does not keep what a hand gave. None
/// for what matches `never`, and where nothing would be left of the policy.
std::vector<Action> repairs_of_held(const Plan& plan,
                                    const PlanMemory& memory,
                                    std::span<const PolicyPattern> never);

}  // namespace authzd
