// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The assertions of a revision against the policies of an account.
#pragma once

#include "daemon/cycle/desired_loader.hpp"
#include "daemon/cycle/observation.hpp"
#include "reconciler/model/assertion.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/report/wording.hpp"

#include <boost/asio/awaitable.hpp>

#include <span>

namespace authzd {

/// The names of roles by which assertions compare: those that were looked up, those in the list,
/// and those that IBM publishes for the targets.
KnownRoleNames known_role_names(std::span<const Observed> policies, const RoleNames& looked_up);

/// What a plan needs to check assertions. Without assertions, the names remain as they are.
void take_assertions(PlanOptions& options,
                     std::span<const Assertion> assertions,
                     std::span<const Observed> policies,
                     const RoleNames& looked_up);

/// make_plan(), yielding to others in between.
boost::asio::awaitable<Plan> make_plan_in_turns(
    const AccountId& account,                // coroutine-ref: the awaiter's
    std::span<const ResolvedGrant> desired,  // coroutine-ref: the awaiter's
    std::span<const Observed> observed,      // coroutine-ref: the awaiter's
    const Ownership& ownership,              // coroutine-ref: the awaiter's
    const PlanOptions& options);             // coroutine-ref: the awaiter's

/// What is known of an account's policies.
struct KnownAccount {
  std::span<const Observed> policies;
  const KnownRoleNames& names;
  std::size_t unreadable = 0;  // others, whose access is unknown
};

/// Points to both.
KnownAccount known_of(const Observation& observation, const KnownRoleNames& names);

/// Checks each assertion against the account as the plan leaves it: sets Plan::assertions and
/// lost_assertions. Yields to others between two. Nothing that an unreadable policy may break
/// holds: it is undecided.
boost::asio::awaitable<void> judge_assertions(
    Plan& plan,                // coroutine-ref: the awaiter's
    const GoodRevision& good,  // coroutine-ref: the awaiter's
    KnownAccount known);

/// The same for a plan without a revision (an undo's, a release's): with the assertions of the
/// revision in force. Null: none is known, which becomes a note if the plan would write.
boost::asio::awaitable<void> judge_against_known(Plan& plan,  // coroutine-ref: the awaiter's
                                                 SharedRevision good,
                                                 KnownAccount known);

}  // namespace authzd
