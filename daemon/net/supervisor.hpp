// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Starts coroutines and handles their ends: the one place where cancellation, which travels as an
// exception, is caught. All tasks are registered, cancelled and awaited here.
#pragma once

#include "daemon/log.hpp"
#include "reconciler/base/error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace authzd {

/// The error for an unexpected exception: a bug, or out of memory. `thrown` is neither null nor a
/// cancellation.
Error fault_of(const std::exception_ptr& thrown);

class Supervisor {
 public:
  /// `on_failure` is called after an unexpected exception has been logged; without it, all other
  /// tasks are cancelled.
  Supervisor(boost::asio::any_io_executor executor,
             Log log,
             std::function<void()> on_failure = nullptr);
  ~Supervisor();

  /// Starts `task`. The log uses `name` for it.
  void start(std::string name, boost::asio::awaitable<void> task);

  /// Cancels every task, the newest first. They end soon after; await `drained`.
  void stop();

  /// Returns when no task is left. Cancellation: unwinds the waiter, not the tasks.
  boost::asio::awaitable<void> drained();

  [[nodiscard]] bool failed() const;
  [[nodiscard]] std::size_t running() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace authzd
