// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What planning needs from the state of an account, in one value. It is read once per plan, so that
// the plan and its rails use the same data.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "daemon/cycle/observation.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/base/trusted_time.hpp"
#include "reconciler/plan/memory.hpp"
#include "reconciler/plan/pins.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/rails/rails.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace authzd {

struct AccountMemory {
  KnownPolicies known;
  WrittenPolicies written;
  ProtectReleases protect_releases;  // empty if nothing is protected
  Pins pins;
  std::map<Key, StandingEnd> ends;  // of grants, in the last applied revision
  RailHistory history;              // without role names; those come from the plan's look-ups
  std::set<std::string> approved;
};

/// `observation`: of the account. `besides`: authors whom the state does not have yet. Fails if the
/// state cannot be read: what is missing must not be guessed.
Result<AccountMemory> recollect(const AccountSpec& spec,
                                const AccountState& state,
                                const Observation& observation,
                                const Authors& besides = {});

/// The planner's options for the account, without names.
PlanOptions options_of(const AccountSpec& spec,
                       const AccountMemory& memory,
                       const TrustedTime& time);

/// What suspended, released or unresolved documents inherit from the last applied revision.
Result<InheritedKeys> inherit(const AccountState& state, std::span<const ResolvedGrant> desired);

/// What the state says about the actions of a plan. `gone`: our policies that IAM no longer has.
/// Errors: those of the state.
Result<PlanMemory> memory_of(const AccountState& state,
                             const Plan& plan,
                             const std::vector<PolicyId>& gone);

/// Ours: those of the configuration, and `identity`, the token's.
std::set<IamId> identities_of(const AccountSpec& spec, const IamId& identity);

/// Our identities and policies, for the planner: `identity` is the token's.
Ownership ownership_of(const AccountSpec& spec, const AccountMemory& memory, const IamId& identity);

}  // namespace authzd
