// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the admin socket answers: the pages of the listener, without a token, as the kernel says who
// asks; and the commands, as POST /api/v1/COMMAND.
#pragma once

#include "daemon/admin/admin_server.hpp"
#include "daemon/admin/command_stream.hpp"
#include "daemon/admin/peer.hpp"
#include "daemon/http/status_site.hpp"

#include <functional>

namespace authzd {

/// Finds out what a call means, before anything is done. Errors: not_found (no such command),
/// rejected (the call is wrong, with what to do).
using CommandOpener = std::function<Result<CommandStream::Command>(const CommandCall&, Peer)>;

class SocketSite {
 public:
  struct Parts {
    StatusSite& pages;
    CommandOpener open;
    boost::asio::any_io_executor executor;
    Log log;
  };

  /// All that is passed must outlive this, and this the server.
  explicit SocketSite(Parts parts) : parts_(std::move(parts)) {}

  HttpReply answer(const HttpRequest& request, Peer who);

 private:
  HttpReply perform(std::string command, const HttpRequest& request, Peer who);

  Parts parts_;
  UnreadEvents unread_;
};

/// `site` must outlive the server that uses this.
AdminHandler handler_of(SocketSite& site);

}  // namespace authzd
