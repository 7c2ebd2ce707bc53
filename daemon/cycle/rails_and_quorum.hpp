// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails of an account's plan, and whose approvals count at the time of use. An approver may
// have become an author since: then the approval is no longer another person's.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/plan/memory.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/rails/rails.hpp"

#include <set>
#include <span>
#include <string>

namespace authzd {

/// The plan after its rails. A held change is preceded by what repairs its policy, if the
/// assertions allow that. The rails judge what may be done now: the repair instead of the held
/// change. `policies`: IAM's.
Plan with_rails(Plan plan,
                const AccountSpec& spec,
                const RailHistory& history,
                const std::set<std::string>& approved,
                const PlanMemory& memory,
                const PlanOptions& options,
                std::span<const Observed> policies);

/// Policies of others grant something that a rail would hold if authzd had to create it: once they
/// are gone, it waits for an approval. Always false where authors may approve.
bool may_be_held_later(const Plan& plan, const AccountSpec& spec, const RailHistory& history);

/// The authors of what is not done yet: of commits since nothing was held, and of ends that have
/// passed by `now`. Errors: those of the state.
Result<Authors> authors_of_what_waits(const AccountState& state, Timestamp now);

/// By rails.approvers and the authors of what waits, `besides` among them: the authors of a
/// revision that was not accepted. Errors: those of the state.
Result<Quorum> quorum_of(const AccountSpec& spec,
                         const AccountState& state,
                         Timestamp now,
                         const Authors& besides = {});

}  // namespace authzd
