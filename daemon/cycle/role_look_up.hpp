// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Resolves the roles of manifests to the CRNs that IAM accepts.
#pragma once

#include "daemon/cycle/observation.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/report/wording.hpp"

#include <map>
#include <set>
#include <span>
#include <vector>

namespace authzd {

struct ResolvedRoles {
  std::vector<ResolvedGrant> grants;
  RoleNames names;  // display names by CRN, of all tables that were looked up
};

/// Adds the roles that `reader` knows without asking, and for what the plan shows those that IBM
/// publishes: policies that no manifest wants are shown with their roles' names, too.
void add_known_names(const PolicyReader& reader, const Plan& plan, RoleNames& names);

/// The same for a run.
void add_known_names(const PolicyReader& reader, const RunDetail& run, RoleNames& names);

/// One look-up per pair of services. If it fails, only the grants of that pair are unresolved,
/// except those that have only CRNs; an error that concerns all pairs is returned (unauthenticated,
/// cancelled). `policies` are IAM's. `unresolved`: grants whose instance was not found, by key, and
/// why: their roles are looked up only for their names. The result points into `grants`.
Async<ResolvedRoles> resolve_roles(ReadingContext context,
                                   std::span<const Grant> grants,
                                   std::span<const Observed> policies,
                                   const std::map<Key, Error>& unresolved);

/// IAM's names for the roles of policies between these: one look-up per pair. If it fails, the pair
/// has no names, and its CRNs are shown. Errors: as resolve_roles.
Async<RoleNames> look_up_role_names(ReadingContext context, std::set<RoleQuery> pairs);

/// Role names from IAM's replies to the run's writes: a policy that is gone is in no list.
RoleNames names_told_to(const RunDetail& run);

/// Display names for the roles and instances of a plan without a revision: as looked up, as in the
/// list, and for instances as in the state. If `desired`, of the revision in force, has assertions,
/// also for the roles of its grants: assertions compare by name. Errors: as resolve_roles.
Async<RoleNames> names_for(ReadingContext context,
                           const Plan& plan,                     // coroutine-ref: the awaiter's
                           const Desired& desired,               // coroutine-ref: the awaiter's
                           std::span<const Observed> policies);  // coroutine-ref: the awaiter's

}  // namespace authzd
