// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One whole cycle of one account: plan, converge, and where IAM refused something, plan that once
// more and try again (design §6: a refusal is re-planned once a cycle).
#pragma once

#include "daemon/run/account_runtime.hpp"
#include "daemon/run/converge_driver.hpp"
#include "daemon/run/planning.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// A plan and how each of its actions ended; an action that was refused and planned anew stands
/// with the outcome of its second try.
struct Performed {
  Planned planned;
  std::vector<Outcome> outcomes;  // by action index; held actions have none
};

struct PerformedCounts {
  std::size_t created = 0;
  std::size_t updated = 0;
  std::size_t deleted = 0;
  std::size_t failed = 0;  // every outcome that is not `done`
};
PerformedCounts count(const Performed& performed);

/// Performs what `planned` does not hold. `account` must have a writer. What became of each action
/// is in the outcomes; the state has recorded each, and a write whose record failed is logged as
/// such.
boost::asio::awaitable<Performed> perform(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                          Planned planned,
                                          GoodRevision good,
                                          std::set<std::string> approved,
                                          StopToken& stop);  // coroutine-ref: the awaiter's

}  // namespace authzd
