// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One cycle of one account, as the daemon and `run --once` make it: fetch → load → observe → plan →
// rails → converge → record. An operator reads what happened in the log, in the status and in the
// value that comes back.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/cycle.hpp"

#include <optional>
#include <string>

namespace authzd {

/// How a cycle ended.
struct CycleEnd {
  std::optional<Error> error;            // the cycle could not be made
  std::optional<Refusal> refusal;        // the newest revision is not enforced
  std::optional<Performed> performed;    // dry run, or suspended: with no outcome
  std::optional<Suspension> suspension;  // planned, and nothing written
};

/// A stop was requested while the cycle still read: there is nothing to tell of it.
[[nodiscard]] bool is_stopped(const CycleEnd& end);

/// Plans one account, and performs the plan where it has a writer and nobody suspended it. Logs
/// what it does, and what it finds when it is news; every line carries the account and the run.
/// Keeps AccountRuntime::status. Take the account's turn first.
boost::asio::awaitable<CycleEnd> run_cycle(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                           std::string run_id,
                                           const StopToken& stop);  // coroutine-ref: the awaiter's

/// The same for a process that has other accounts to work on: what is thrown, other than a
/// cancellation, ends as CycleEnd::error (internal), in the log and in the status. What was written
/// until then is in the state, and the next cycle finds out what became of it.
boost::asio::awaitable<CycleEnd> run_contained_cycle(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    std::string run_id,
    const StopToken& stop);  // coroutine-ref: the awaiter's

}  // namespace authzd
