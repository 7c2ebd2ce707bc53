// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From the roles as manifests write them to the CRNs that IAM takes.
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

/// One look-up a pair of services. A pair whose look-up fails holds back its own grants, but for
/// those that write CRNs alone; only what concerns all of them is an error (unauthenticated,
/// cancelled). `policies` are IAM's. `unresolved`: grants whose instance was not found, by key, and
/// why: their roles are looked up for their names alone. The result points into `grants`.
Async<ResolvedRoles> resolve_roles(ReadingContext context,
                                   std::span<const Grant> grants,
                                   std::span<const Observed> policies,
                                   const std::map<Key, Error>& unresolved);

/// What IAM calls the roles of policies between these: one look-up a pair. A pair whose look-up
/// fails has none, and its CRNs speak for themselves. Errors: as resolve_roles.
Async<RoleNames> look_up_role_names(ReadingContext context, std::set<RoleQuery> pairs);

/// As IAM called the roles in its replies to the run's writes: a policy that is gone is in no list.
RoleNames names_told_to(const RunDetail& run);

/// What people call the roles and the instances of a plan that is of no revision: as looked up, as
/// the list has it, and for instances as the state has it. Where `desired`, of the revision in
/// force, asserts something, the roles of its grants, too: assertions compare by name. Errors: as
/// resolve_roles.
Async<RoleNames> names_for(ReadingContext context,
                           const Plan& plan,                     // coroutine-ref: the awaiter's
                           const Desired& desired,               // coroutine-ref: the awaiter's
                           std::span<const Observed> policies);  // coroutine-ref: the awaiter's

}  // namespace authzd
