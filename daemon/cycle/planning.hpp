// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The planning half of a cycle: observe → resolve names → plan → rails. It is only ever given a
// PolicyReader, so that it cannot write: a dry run is this half and no more. Of the state it
// changes only how earlier writes ended; what else it finds out is in its result.
#pragma once

#include "daemon/cycle/account_memory.hpp"
#include "daemon/cycle/desired_loader.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/cycle/open_writes.hpp"
#include "daemon/cycle/role_look_up.hpp"
#include "daemon/cycle/state_age.hpp"
#include "reconciler/converge/fold_cycle.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/report/standing.hpp"
#include "reconciler/report/wording.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// What the look at IAM says that the state does not know yet.
struct Findings {
  std::map<PolicyId, PolicyOrigin> ours;  // another witness says so
  std::vector<PolicyId> gone;             // known as ours, and no more
  std::map<PolicyId, Drift> deletions;    // who deleted what is gone or lost, as far as IAM tells
  std::vector<PolicyId> foreign;          // known as ours, and of another account: to be forgotten
  std::vector<PolicyId> released;  // known as ours, without a marker, and its grant lets it go
  std::vector<Key> ended_pins;
  /// Policies of ours that were used later than the state knows; and for a policy that is to go
  /// because another covers it, the use that will from then on be that one's.
  std::vector<PolicyUse> uses;
  /// Known as ours, with what a grant of this revision wants, perhaps by somebody else's hand; and
  /// the same of the revision applied last.
  std::vector<GrantedPolicy> granted;
  std::vector<GrantedPolicy> granted_before;
  /// What takes access away, of all authorizations, those included that were not asked for by name.
  std::set<std::string> removals;
  /// What the names of instances stand for now, where the state says otherwise.
  std::optional<KnownInstances> instances;
  OpenWrites open_writes;
  StateAge state_age;
  Rivalry rivalry;
};

struct Planned {
  Plan plan;
  std::string revision;           // of the manifests that the plan is for
  SharedRevision named;           // the same with the ids of its instances; null: of no revision
  KnownInstances instances = {};  // what the names of instances in it stand for
  TokenIdentity identity;
  RoleNames role_names;      // of roles and of instances, as far as looked up
  std::size_t policies = 0;  // that IAM holds
  std::chrono::milliseconds list_took{0};
  std::set<PolicyId> ids;  // theirs, of a plan for a revision
  Findings findings;
  TrustedTime time;          // when the policies were listed
  bool is_use_known = true;  // as Observation has it
  InheritedKeys inherited;   // to be remembered once the revision is applied
  /// Of the authorizations that were asked for; of all where AccountSpec::tells_grants says so.
  std::vector<GrantStanding> standings = {};
};

/// What the look at IAM brought, beside the plan.
void take(Observation observation, Planned& planned);

/// The policies of the plan's notes "Released": there is nothing left to take off of them.
std::vector<PolicyId> released_of(const Plan& plan);

/// `approved`: what is let through besides what the state says: hashes of holds, and what
/// approvals_of() gave. Errors: those of observe, resolve_roles and the state; partial_view where
/// there is something to write, the list is empty and the state has never known a policy of ours.
Async<Planned> plan_account(ReadingContext context,
                            SharedRevision good,
                            std::set<std::string> approved);

/// The same for the authorizations of these names alone, of which there is at least one: nothing of
/// others is in the plan. Errors besides: not_found where neither the manifests nor the
/// account have one of the names; it says which one was probably meant.
Async<Planned> plan_named(ReadingContext context,
                          SharedRevision good,
                          std::set<std::string> approved,
                          AuthorizationNames names);

}  // namespace authzd
