// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From the roles as manifests write them to the CRNs that IAM takes.
#pragma once

#include "daemon/run/observation.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/report/wording.hpp"

#include <map>
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

}  // namespace authzd
