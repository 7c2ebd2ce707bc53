// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Follows the accounts of a daemon that its configuration does not name one by one: where a file
// of the source or IAM shows others, the daemon reloads.
#pragma once

#include "daemon/cli/fleet_book.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/service/alarm.hpp"
#include "daemon/service/daemon.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace authzd {

class FleetWatch {
 public:
  /// All must outlive this, and this the accounts that are added from `book`.
  FleetWatch(const boost::asio::any_io_executor& executor, Clock& clock, Log log, FleetBook& book);

  /// The configuration in force from now on; looks at once.
  void follow(const Setup& setup);

  /// It names the same parts and the same source: a look would find nothing new.
  [[nodiscard]] bool is_followed(const Setup& setup) const;

  /// A reload succeeded: the accounts in force are of that FleetBook::version().
  void reloaded(std::size_t version) { in_force_ = version; }

  /// The source may have changed.
  void ask() { alarm_.ring(); }

  /// Returns once a look that begins from now on has ended.
  boost::asio::awaitable<void> look_again();  // coroutine-ref: outlives its tasks

  boost::asio::awaitable<void> run(Daemon& daemon);  // coroutine-ref: outlives its tasks

 private:
  boost::asio::awaitable<void> look(Daemon& daemon);  // coroutine-ref: run()'s
  void tell(const FleetBook::Look& look);

  Clock& clock_;
  Log log_;
  FleetBook& book_;
  Alarm alarm_;
  std::vector<FleetPart> fleet_;
  std::shared_ptr<Source> source_;
  std::chrono::milliseconds interval_{std::chrono::minutes(5)};
  std::size_t in_force_;
  std::uint64_t begun_ = 0;  // looks
  std::uint64_t ended_ = 0;
  boost::asio::steady_timer look_ended_;  // never fires; it is cancelled at the end of each look
  std::set<std::string> told_;            // by the last look
};

}  // namespace authzd
