// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon's side of the admin socket: runs a client's command on the accounts that the daemon
// has open, with its identity and its state.
#pragma once

#include "daemon/admin/admin_server.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/invocation.hpp"

#include <string>

namespace authzd {

class AdminCommands {
 public:
  struct Parts {
    Daemon& daemon;
    std::string config;  // canonical path of the configuration that the daemon runs
    const Environment& environment;
    boost::asio::any_io_executor executor;
    Clock& clock;
    Randomness& randomness;
    Log log;
  };

  /// All that is passed must outlive this.
  explicit AdminCommands(Parts parts) : parts_(std::move(parts)) {}

  /// Parses and runs one command; an exit code for the client. The console outlives it.
  boost::asio::awaitable<int> perform(AdminCall call, Peer who, Console& console);

 private:
  Ending perform(CommandContext context, Invocation invocation);

  Parts parts_;
};

}  // namespace authzd
