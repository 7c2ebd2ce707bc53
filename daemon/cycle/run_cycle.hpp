// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One cycle of one account, for the daemon and `run --once`: fetch → load → observe → plan → rails
// → converge → record. It reports what happened in the log, in the status and in its result.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/cycle.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace authzd {

/// How a cycle ended.
struct CycleEnd {
  std::optional<Error> error;            // the cycle failed
  std::optional<Refusal> refusal;        // the newest revision is not enforced
  std::optional<Performed> performed;    // dry run, or suspended: without outcomes
  std::optional<Suspension> suspension;  // planned, but nothing written
  std::size_t unmet = 0;                 // requirements that the revision in force does not meet
  std::optional<RolloutWait> wait;       // the newest revision waits for the account's wave
  bool narrows = false;                  // of the planned one only what narrows was carried out
  RolloutNews rollout;                   // what the cycle means for the rollout
};

/// A stop was requested during the reads of the cycle: there is nothing to report.
[[nodiscard]] bool is_stopped(const CycleEnd& end);

/// Plans one account, and performs the plan if it has a writer and is not suspended. Logs what it
/// does, and new findings; every line has the account and the run. Updates AccountRuntime::status.
/// Take the account's turn first.
boost::asio::awaitable<CycleEnd> run_cycle(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                           std::string run_id,
                                           const StopToken& stop);  // coroutine-ref: the awaiter's

/// The same for a process with other accounts: an exception, other than a cancellation, becomes
/// CycleEnd::error (internal), and is logged and shown in the status. What was written until then
/// is in the state, and the next cycle settles its outcomes.
boost::asio::awaitable<CycleEnd> run_contained_cycle(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    std::string run_id,
    const StopToken& stop);  // coroutine-ref: the awaiter's

}  // namespace authzd
