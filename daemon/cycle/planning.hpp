// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The planning half of a cycle: observe → resolve names → plan → rails. It only gets a
// PolicyReader, so that it cannot write: a dry run is this half and no more. In the state it
// changes only the outcomes of earlier writes; what else it finds out is in its result.
#pragma once

#include "daemon/cycle/account_memory.hpp"
#include "daemon/cycle/desired_loader.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/cycle/open_writes.hpp"
#include "daemon/cycle/role_look_up.hpp"
#include "daemon/cycle/state_age.hpp"
#include "reconciler/converge/fold_cycle.hpp"
#include "reconciler/model/shared_policies.hpp"
#include "reconciler/plan/due_dates.hpp"
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

/// What IAM shows that the state does not have yet.
struct Findings {
  std::map<PolicyId, PolicyOrigin> ours;  // by another witness
  std::vector<PolicyId> gone;             // known as ours, and gone
  std::map<PolicyId, Drift> deletions;    // who deleted what is gone or lost, if IAM says so
  std::vector<PolicyId> foreign;          // known as ours, but of another account: to be forgotten
  std::vector<PolicyId> released;  // known as ours, without a marker, and released by its grant
  std::vector<Key> ended_pins;
  std::set<Key> marked_protected;  // keys of policies that any marker may protect
  /// Uses of our policies that are later than the state has; and for a policy that covers one to be
  /// deleted, the use that it inherits from that one.
  std::vector<PolicyUse> uses;
  /// Known as ours, with what a grant of this revision wants, perhaps written by someone else; and
  /// the same for the last applied revision.
  std::vector<GrantedPolicy> granted;
  std::vector<GrantedPolicy> granted_before;
  /// Removals of access, of all authorizations, including those that were not named.
  std::set<std::string> removals;
  /// The current ids of instance names, if the state has others.
  std::optional<KnownInstances> instances;
  OpenWrites open_writes;
  StateAge state_age;
  Rivalry rivalry;
};

struct Planned {
  Plan plan;
  std::string revision;  // of the manifests that were planned
  Commit commit = {};    // of it, without a link; only as far as known
  SharedRevision named;  // the same with the ids of its instances; null: no revision, or the cycle
                         // has ended
  KnownInstances instances = {};  // ids of the instance names in it
  TokenIdentity identity;
  RoleNames role_names;      // of roles and instances, if looked up
  std::size_t policies = 0;  // in IAM
  std::chrono::milliseconds list_took{0};
  Findings findings;
  TrustedTime time;                // when the policies were listed
  bool is_use_known = true;        // as in Observation
  bool may_be_held_later = false;  // see may_be_held_later()
  DueDates due = {};               // of that revision: soon, or overdue
  InheritedKeys inherited;         // to be stored once the revision is applied
  /// Of the named authorizations; of all if AccountSpec::tells_grants is set.
  std::vector<GrantStanding> standings = {};
  /// All that was listed, sorted by id: for the writes, and for those who watch the cycle. The
  /// worker does not keep it.
  SharedPolicies listed = {};
};

/// commit_text() of the revision that was planned; empty if nothing is known of it.
std::string commit_text(const Planned& planned);

/// Stores the result of observe() besides the plan.
void take(Observation observation, Planned& planned);

/// The policies of the plan's notes "Released": they have no marker left to remove.
std::vector<PolicyId> released_of(const Plan& plan);

/// `approved`: approvals in addition to the state's: hashes of holds, and what approvals_of()
/// returned. Errors: those of observe, resolve_roles and the state; partial_view if there is
/// something to write, the list is empty and the state has never known one of our policies.
Async<Planned> plan_account(ReadingContext context,
                            SharedRevision good,
                            std::set<std::string> approved);

/// The same for the authorizations with these names alone, of which there is at least one: the plan
/// has no others. Errors besides: not_found if neither the manifests nor the account have one of
/// the names; it suggests the nearest one.
Async<Planned> plan_named(ReadingContext context,
                          SharedRevision good,
                          std::set<std::string> approved,
                          AuthorizationNames names);

}  // namespace authzd
