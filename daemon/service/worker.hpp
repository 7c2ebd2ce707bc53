// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account's loop: cycle after cycle, each with the configuration that is current when it
// begins. Exceptions of a cycle stay here: the account is Stalled(Internal) and is retried with
// backoff, without an effect on other accounts.
#pragma once

#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/run_cycle.hpp"
#include "daemon/service/alarm.hpp"
#include "daemon/service/cycle_wait.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace authzd {

/// What a worker borrows: all of it must outlive it.
struct WorkerSeams {
  boost::asio::any_io_executor executor;
  Clock& clock;
  Randomness& randomness;
  /// Called after each cycle that was not stopped during its reads.
  std::function<void(const AccountRuntime&, const CycleEnd&)> on_cycle;
};

class Worker {
 public:
  Worker(std::shared_ptr<AccountRuntime> desired, WorkerSeams seams);

  /// The account with its current configuration. A running cycle may still have the previous one;
  /// it is retired, and begins no more writes.
  [[nodiscard]] const std::shared_ptr<AccountRuntime>& desired() const { return desired_; }

  /// Replaces the previous account, which is retired, with `desired`. The next cycle starts as soon
  /// as the gap between two cycles allows, with `desired` or a later one.
  void follow(std::shared_ptr<AccountRuntime> desired);

  /// How the last cycle ended that was not stopped during its reads; null: there was none.
  [[nodiscard]] const std::shared_ptr<const CycleEnd>& last_end() const { return last_end_; }

  /// As Daemon::poke and Daemon::ask_for_cycle.
  void poke() { alarm_.ring(); }
  std::shared_ptr<CycleWait> ask_for_cycle();

  /// Ends the loop: reads at once, writes between two of them. Those who wait for a cycle are
  /// notified that none will come.
  void end();

  /// Before run(): the first cycle starts only after `wait`, or as soon as it is requested.
  void start_after(std::chrono::milliseconds wait) { first_wait_ = wait; }

  /// Runs until end(). Call it once; this must outlive it.
  boost::asio::awaitable<void> run();

 private:
  using Waiting = std::vector<std::weak_ptr<CycleWait>>;

  boost::asio::awaitable<std::chrono::steady_clock::time_point> work();
  boost::asio::awaitable<void> wait_for_next(std::chrono::steady_clock::time_point began);
  void close(AccountRuntime& account, Waiting waiting, CycleEnd end);
  [[nodiscard]] Schedule schedule() const;

  std::shared_ptr<AccountRuntime> desired_;
  WorkerSeams seams_;
  Alarm alarm_;
  Waiting waiting_;  // for the cycle that begins next
  std::chrono::milliseconds first_wait_{0};
  std::shared_ptr<const CycleEnd> last_end_;
  std::size_t faults_ = 0;  // cycles in a row that ended in an internal error
  bool is_ending_ = false;
};

}  // namespace authzd
