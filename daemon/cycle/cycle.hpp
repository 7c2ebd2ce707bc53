// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One whole cycle of one account: plan, converge, and if IAM refused something, plan that again and
// retry it (design §6: a refusal is re-planned once per cycle).
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/converge_driver.hpp"
#include "daemon/cycle/planning.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// A plan and the outcomes of its actions. An action that was refused and planned again has the
/// outcome of its second try.
struct Performed {
  Planned planned;
  std::vector<Outcome> outcomes;  // by action index; held actions have none
};

struct PerformedCounts {
  std::size_t created = 0;  // these three: written by us
  std::size_t updated = 0;
  std::size_t deleted = 0;
  std::size_t already = 0;       // creates and updates for which IAM needed no write
  std::size_t already_gone = 0;  // deletes of policies that were already deleted
  std::size_t failed = 0;        // every outcome that is not `done`
  std::size_t unknown = 0;       // of these: it is unknown whether IAM did it
};
PerformedCounts count(const Performed& performed);

/// Performs what `planned` does not hold, in the account's current run, and records the revision as
/// the last applied one. `account` must have a writer. The result of each action is in the outcomes
/// and in the state. If the state cannot record the run, or the account is suspended, nothing is
/// written, and every outcome says so. `approved`: as in plan_account(), for what is planned again.
boost::asio::awaitable<Performed> perform(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                          Planned planned,
                                          SharedRevision good,
                                          std::set<std::string> approved,
                                          const StopToken& stop);  // coroutine-ref: the awaiter's

/// The same for a plan of the revision's authorizations with these names: these are recorded as
/// applied, and not the revision. What IAM refuses is not planned again.
boost::asio::awaitable<Performed> perform_named(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    Planned planned,
    SharedRevision good,
    AuthorizationNames names,
    const StopToken& stop);  // coroutine-ref: the awaiter's

/// The same for a plan without a revision: of an undo, or of a release. What IAM refuses is not
/// planned again.
boost::asio::awaitable<Performed> perform_plan(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    Planned planned,
    const StopToken& stop);  // coroutine-ref: the awaiter's

}  // namespace authzd
