// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tells a person at a terminal what a command waits for, once it takes more than a second.
#pragma once

#include "daemon/admin/console.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/service/daemon.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace authzd {

class ProgressTeller {
 public:
  /// Nothing is shown where the console wants none. `console` and `clock` must outlive it; when it
  /// ends it takes its line away.
  ProgressTeller(const boost::asio::any_io_executor& executor,
                 Console& console,
                 Clock& clock,
                 Accounts accounts);
  ProgressTeller(const ProgressTeller&) = delete;
  ProgressTeller& operator=(const ProgressTeller&) = delete;
  ~ProgressTeller();

 private:
  struct State;

  std::shared_ptr<State> state_;
};

}  // namespace authzd
