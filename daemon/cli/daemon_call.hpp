// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The way of a command to the daemon of its configuration, and what comes back.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cli/invocation.hpp"

#include <optional>
#include <string>
#include <vector>

namespace authzd {

inline constexpr std::string_view kDefaultSocket = "/run/authzd/admin.sock";

/// Where the daemon of a configuration is to be found.
struct DaemonAddress {
  std::string config;  // absolute
  std::string socket;
  std::string state;       // the file that it keeps
  bool is_certain = true;  // false: errors in the configuration hide where it listens
};

/// Of the configuration that the options mean; nothing where there is none, or where they say that
/// this call stands alone. A configuration with errors still names its socket: its daemon still
/// uses what it read before.
std::optional<DaemonAddress> daemon_of(const CommonOptions& options);

/// Absolute and without symbolic links, as client and daemon compare it.
std::string canonical_path(const std::string& path);

/// Has the daemon run the command; whatever goes wrong is shown. Nothing: no daemon listens there.
boost::asio::awaitable<std::optional<ExitCode>> ask_daemon(CommandContext context,
                                                           DaemonAddress address,
                                                           Invocation invocation);

}  // namespace authzd
