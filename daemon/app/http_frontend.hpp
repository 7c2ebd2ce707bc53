// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon behind its TCP listener: hands the listener's pages what the service knows, and counts
// the cycles for the metrics.
#pragma once

#include "daemon/app/daemon_source.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/config/config.hpp"
#include "daemon/service/daemon.hpp"

#include <memory>

namespace authzd {

class HttpFrontend {
 public:
  virtual ~HttpFrontend() = default;

  /// Serves until the service stops.
  virtual boost::asio::awaitable<void> serve() = 0;
};

/// Binds admin.listen; it must not be empty. What a reload says of `admin` is not taken over.
/// `context`, `service` and `source` must outlive this, and this must outlive the daemon's run.
/// Errors: those of listen_for_status.
Result<std::unique_ptr<HttpFrontend>> open_http_frontend(const CommandContext& context,
                                                         const AdminConfig& admin,
                                                         Daemon& daemon,
                                                         const DaemonSource& source);

}  // namespace authzd
