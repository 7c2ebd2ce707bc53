// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The admin socket: HTTP/1.1 over a Unix socket, for clients on this host. The
// kernel reports who they are. The handler decides what a request means.
#pragma once

#include "daemon/admin/client_slots.hpp"
#include "daemon/admin/peer.hpp"
#include "daemon/log.hpp"
#include "daemon/net/http_server.hpp"

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
  SlotLimits seats = {};                        // a client beyond them is refused
  std::size_t max_body = 1U << 20U;             // of a request
  std::chrono::milliseconds read{5'000};        // a request must arrive within; also keep-alive
  std::chrono::milliseconds patience{600'000};  // for a client to take a piece of the reply
  std::chrono::milliseconds farewell{2'000};    // for what is at work when the daemon stops
  Log log = {};
};

/// Answers one request. It and its reply are cancelled where the client leaves.
using AdminHandler = std::function<boost::asio::awaitable<HttpReply>(HttpRequest, Peer)>;

class AdminServer {
 public:
  virtual ~AdminServer() = default;

  /// Serves until cancelled or stopped, and waits until every client is gone. Call it once; this
  /// and what `handler` refers to must outlive it.
  virtual boost::asio::awaitable<void> serve(AdminHandler handler) = 0;

  /// Takes the socket away, and ends what is at work.
  virtual void stop() = 0;
};

/// Errors: conflict (another daemon listens there), unavailable.
Result<std::unique_ptr<AdminServer>> make_admin_server(boost::asio::any_io_executor executor,
                                                       AdminServerOptions options);

}  // namespace authzd
