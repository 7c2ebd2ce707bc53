// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A wait for the end of a cycle that begins after the request, so that it sees everything that
// existed at the time of the request.
#pragma once

#include "daemon/cycle/run_cycle.hpp"
#include "daemon/net/async.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace authzd {

class CycleWait {
 public:
  explicit CycleWait(const boost::asio::any_io_executor& executor);

  /// The end of the cycle; at once if it has ended. Call it once. Errors: not_found (there will be
  /// no such cycle: the account was removed, or the daemon stops).
  Async<std::shared_ptr<const CycleEnd>> end();

  /// For the account's loop: the cycle ended with this; null: it will never begin.
  void tell(std::shared_ptr<const CycleEnd> end);

 private:
  boost::asio::steady_timer told_;  // never rings by itself
  bool is_over_ = false;
  std::shared_ptr<const CycleEnd> end_;
};

}  // namespace authzd
