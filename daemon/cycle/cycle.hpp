// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One whole cycle of one account: plan, converge, and where IAM refused something, plan that once
// more and try again (design §6: a refusal is re-planned once a cycle).
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/converge_driver.hpp"
#include "daemon/cycle/planning.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// A plan and how each of its actions ended; an action that was refused and planned again stands
/// with the outcome of its second try.
struct Performed {
  Planned planned;
  std::vector<Outcome> outcomes;  // by action index; held actions have none
};

struct PerformedCounts {
  std::size_t created = 0;  // these three: written by us
  std::size_t updated = 0;
  std::size_t deleted = 0;
  std::size_t already = 0;  // creates and updates that IAM had as wanted without a write of ours
  std::size_t already_gone = 0;  // deletes of what was deleted already
  std::size_t failed = 0;        // every outcome that is not `done`
  std::size_t unknown = 0;       // of these: nobody knows whether IAM did it
};
PerformedCounts count(const Performed& performed);

/// Performs what `planned` does not hold, as the account's run of now, and remembers the revision
/// as the one applied last. `account` must have a writer. What became of each action is in the
/// outcomes and in the state; where the state does not take the run, nothing is written, and every
/// outcome says so; so it is where a person has suspended the account. `approved`: as
/// plan_account() takes it, for what is planned again.
boost::asio::awaitable<Performed> perform(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                          Planned planned,
                                          SharedRevision good,
                                          std::set<std::string> approved,
                                          const StopToken& stop);  // coroutine-ref: the awaiter's

/// The same for a plan of the revision's authorizations of these names: it is they that are
/// remembered as applied, and not the revision. What IAM refuses is not planned again.
boost::asio::awaitable<Performed> perform_named(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    Planned planned,
    SharedRevision good,
    AuthorizationNames names,
    const StopToken& stop);  // coroutine-ref: the awaiter's

/// The same for a plan that no revision asked for: of an undo, or of a release. What IAM refuses
/// is not planned again.
boost::asio::awaitable<Performed> perform_plan(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    Planned planned,
    const StopToken& stop);  // coroutine-ref: the awaiter's

}  // namespace authzd
