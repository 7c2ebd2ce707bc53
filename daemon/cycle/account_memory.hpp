// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the state of an account says to planning, in one value: read once a plan, so that the plan
// and its rails see the same.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/base/trusted_time.hpp"
#include "reconciler/plan/memory.hpp"
#include "reconciler/plan/pins.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/rails.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace authzd {

struct AccountMemory {
  std::map<PolicyId, PolicyOrigin> known;  // policies of ours
  std::map<PolicyId, WrittenPolicy> written;
  ProtectReleases protect_releases;
  Pins pins;
  std::map<Key, StandingEnd> ends;  // of grants, in the revision applied last
  RailHistory history;              // without the role names, which the plan's look-ups bring
  std::set<std::string> approved;
};

/// `besides`: authors whom the state does not have yet. Fails as the state does: what cannot be
/// remembered must not be guessed.
Result<AccountMemory> recollect(const AccountSpec& spec,
                                const AccountState& state,
                                const TrustedTime& time,
                                const Authors& besides = {});

/// What the planner is told of the account, without names.
PlanOptions options_of(const AccountSpec& spec,
                       const AccountMemory& memory,
                       const TrustedTime& time);

/// What documents that are to be left alone, or released, had in the last applied revision.
Result<InheritedKeys> inherit(const AccountState& state, std::span<const ResolvedGrant> desired);

/// What the state says about the actions of a plan. `gone`: policies of ours that the look at IAM
/// did not find any more. Fails as the state does.
Result<PlanMemory> memory_of(const AccountState& state,
                             const Plan& plan,
                             const std::vector<PolicyId>& gone);

/// What the planner is told about who we are: `identity` is the token's.
Ownership ownership_of(const AccountSpec& spec, const AccountMemory& memory, const IamId& identity);

}  // namespace authzd
