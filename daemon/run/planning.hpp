// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The planning half of a cycle: observe → resolve → plan → rails. It is only ever given a
// PolicyReader, so that it cannot write: a dry run is this half and no more.
#pragma once

#include "daemon/run/desired_loader.hpp"
#include "daemon/run/observation.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/report/wording.hpp"

#include <map>
#include <set>
#include <string>

namespace authzd {

struct Planned {
  Plan plan;
  std::string revision;  // of the manifests that the plan is for
  TokenIdentity identity;
  RoleNames role_names;      // display names by CRN, as far as looked up
  std::size_t policies = 0;  // that IAM holds
};

/// `approved`: hashes of holds that are let through. Errors: those of observe and resolve_roles.
Async<Planned> plan_account(ReadingContext context,
                            GoodRevision good,
                            std::set<std::string> approved);

}  // namespace authzd
