// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// SIGTERM and SIGINT for a process that runs once: the first asks it to end between two writes, a
// second ends it at once. The daemon has its own handling (Daemon).
#pragma once

#include "daemon/cycle/stop_token.hpp"
#include "daemon/log.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace authzd {

class StopSignals {
 public:
  /// Handles the signals from now on until it is destroyed. Only one of these may exist at a time.
  StopSignals(const boost::asio::any_io_executor& executor, Log log);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Lives as long as this.
  [[nodiscard]] const StopToken& token() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the wait, which may end later
};

}  // namespace authzd
