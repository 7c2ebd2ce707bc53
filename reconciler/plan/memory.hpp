// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Facts about the actions of a plan that only the state has: what our last writes left in IAM, the
// last use of a policy that IAM has forgotten, and how long a removal has been wanted.
#pragma once

#include "reconciler/model/assertion.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/plan/plan.hpp"

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

/// A policy of ours that has what a revision grants, even if someone else granted it.
struct GrantedPolicy {
  PolicyId id;
  PolicyContent content;  // with the roles that the revision grants only
  bool is_whole = true;   // false: it also has other roles
};

/// The part of `written` that is ours once a revision grants it.
PolicyContent as_granted(PolicyContent written, const GrantedPolicy& granted);

struct PlanMemory {
  std::map<PolicyId, PolicyContent> written;                       // as our last write left it
  std::map<PolicyId, std::vector<PolicyContent>> perhaps_written;  // or as later ones may have
  std::map<Key, LostPolicy> lost;                                  // by its former key
  std::map<PolicyId, Drift> deletions;  // who deleted the lost policies, if known
  std::map<Key, PolicyId> unwritten;    // deleted, and never written by us: adopted, or older than
                                        // the state
  std::map<PolicyId, Timestamp> last_uses;          // the latest that IAM ever reported
  std::map<std::string, Timestamp> removals_since;  // by hash_removal()
  std::set<IamId> identities = {};                  // ours: who changed a policy last may be we
};

/// Adds these facts to the actions of the plan, including those that the mode drops. If IAM and the
/// memory have different last uses, the later one counts: a delete makes IAM forget it.
Plan recall(Plan plan, const PlanMemory& memory);

/// By hash_removal(), all actions of the plan that remove access, held or not.
std::set<std::string> wanted_removals(const Plan& plan);

/// For each held change of the plan: an update that removes only what others added to its policy,
/// so that a held change does not preserve manual additions. None if `never` matches, if nothing
/// would be left of the policy, or if the update would give access that the policy does not have
/// now and the held change does not want either. `observed`: IAM's policies, which tell who did it;
/// if we changed the policy later (a restore, an undo), that is unknown.
std::vector<Action> repairs_of_held(const Plan& plan,
                                    const PlanMemory& memory,
                                    std::span<const PolicyPattern> never,
                                    std::span<const Observed> observed);

}  // namespace authzd
