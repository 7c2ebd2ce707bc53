// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon: every account in its own loop, none waiting for another, until told to stop.
#pragma once

#include "daemon/net/supervisor.hpp"
#include "daemon/run/account_runtime.hpp"
#include "daemon/run/alarm.hpp"
#include "daemon/run/cycle.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace authzd {

using Accounts = std::vector<std::unique_ptr<AccountRuntime>>;

/// How a cycle ended, for whoever shows it.
struct CycleEnd {
  std::optional<Error> error;          // the cycle could not be made
  std::optional<Refusal> refusal;      // the newest revision is not enforced
  std::optional<Performed> performed;  // dry run: with no outcome
};

/// Plans one account, and performs the plan where it has a writer. Logs what it does and finds;
/// every line carries the account and the run.
boost::asio::awaitable<CycleEnd> run_cycle(AccountRuntime& account,  // coroutine-ref: the awaiter's
                                           std::string run_id,
                                           StopToken& stop);  // coroutine-ref: the awaiter's

struct ServiceParts {
  boost::asio::any_io_executor executor;
  Clock& clock;
  Randomness& randomness;
  Log log;
};

class Service {
 public:
  /// All that is passed must outlive this.
  Service(ServiceParts parts, Accounts& accounts);

  /// Runs until stop(). SIGTERM and SIGINT stop between two writes (a second one at once); SIGHUP
  /// pokes.
  boost::asio::awaitable<void> run();

  /// Starts a cycle of every account as soon as the gap between two cycles allows.
  void poke();

  /// Ends after the writes under way.
  void stop();

  /// For the person or program that watches: called after each cycle.
  void on_cycle(std::function<void(const AccountRuntime&, const CycleEnd&)> watcher) {
    watcher_ = std::move(watcher);
  }

 private:
  boost::asio::awaitable<void> reconcile(AccountRuntime& account,  // coroutine-ref: outlives tasks
                                         Alarm& alarm);            // coroutine-ref: outlives tasks
  boost::asio::awaitable<void> wait_for_signals();

  ServiceParts parts_;
  Accounts& accounts_;
  std::vector<std::unique_ptr<Alarm>> alarms_;
  StopToken stop_;
  Supervisor loops_;
  Supervisor signals_;
  std::function<void(const AccountRuntime&, const CycleEnd&)> watcher_;
};

}  // namespace authzd
