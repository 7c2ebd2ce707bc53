// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon's side of the admin socket: performs a client's command on the accounts that the
// daemon has open, with its identity and its state.
#pragma once

#include "daemon/admin/requester.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/invocation.hpp"
#include "daemon/http/socket_site.hpp"

#include <memory>
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

  /// What a call asks for, once it is known to be one that this daemon can perform. Errors: as
  /// CommandOpener.
  Result<CommandStream::Command> open(const CommandCall& call, Peer who);

  /// The same as a function, which this must outlive.
  CommandOpener opener() {
    return [this](const CommandCall& call, Peer who) { return open(call, std::move(who)); };
  }

 private:
  /// `console` outlives it.
  boost::asio::awaitable<int> perform(Invocation invocation,
                                      Accounts accounts,
                                      Requester requester,
                                      Console& console);

  Parts parts_;
};

}  // namespace authzd
