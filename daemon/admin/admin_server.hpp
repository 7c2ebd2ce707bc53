// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The admin socket: takes commands from clients on this host and runs each with a console of its
// own. What a command is, and what it may do, is the handler's business.
#pragma once

#include "daemon/admin/client_slots.hpp"
#include "daemon/admin/console.hpp"
#include "daemon/admin/messages.hpp"
#include "daemon/admin/peer.hpp"
#include "daemon/log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace authzd {

struct AdminServerOptions {
  std::string path = {};
  std::string group = "authzd-admin";           // whose members may use it, besides root
  std::string version = {};                     // of this daemon
  SlotLimits seats = {};                        // a client beyond them is refused
  std::chrono::milliseconds greeting{5'000};    // hello and call must arrive within
  std::chrono::milliseconds patience{600'000};  // for a person who thinks, or reads page by page
  std::chrono::milliseconds farewell{2'000};    // for a last word when the daemon stops
  Log log = {};
};

/// Runs one command and returns the client's exit code. When the client leaves or the daemon stops,
/// it is cancelled. The console outlives it.
using AdminHandler = std::function<boost::asio::awaitable<int>(AdminCall, Peer, Console&)>;

class AdminServer {
 public:
  virtual ~AdminServer() = default;

  /// Serves until cancelled or stopped, and waits until every command has ended. Call it once; this
  /// and what `handler` refers to must outlive it.
  virtual boost::asio::awaitable<void> serve(AdminHandler handler) = 0;

  /// Takes the socket away, and cancels every command.
  virtual void stop() = 0;
};

/// Errors: conflict (another daemon listens there), unavailable.
Result<std::unique_ptr<AdminServer>> make_admin_server(boost::asio::any_io_executor executor,
                                                       AdminServerOptions options);

}  // namespace authzd
