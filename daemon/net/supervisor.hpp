// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Starts coroutines and answers for how they end: the one place where cancellation, which travels
// as an exception, comes to rest. Everything that is started is known, cancelled and awaited here.
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

/// What an exception that nobody expected comes to: a bug of ours, or no memory. `thrown` is no
/// cancellation, and not null.
Error fault_of(const std::exception_ptr& thrown);

class Supervisor {
 public:
  /// `on_failure` is called after an exception that nobody expected has been logged; without it,
  /// all the other tasks are cancelled.
  Supervisor(boost::asio::any_io_executor executor,
             Log log,
             std::function<void()> on_failure = nullptr);
  ~Supervisor();

  /// Starts `task`. `name` is what the log calls it.
  void start(std::string name, boost::asio::awaitable<void> task);

  /// Cancels every task, the newest first. They end soon after; `drained` says when.
  void stop();

  /// Returns when no task is left. Cancellation: unwinds the one who waits, not the tasks.
  boost::asio::awaitable<void> drained();

  [[nodiscard]] bool failed() const;
  [[nodiscard]] std::size_t running() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace authzd
