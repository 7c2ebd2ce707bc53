// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon behind its TCP listener: hands the listener's pages what the service knows, and counts
// the cycles for the metrics.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/app/daemon_source.hpp"
#include "daemon/config/config.hpp"
#include "daemon/service/service.hpp"

#include <memory>

namespace authzd {

class HttpDesk {
 public:
  virtual ~HttpDesk() = default;

  /// Serves until the service stops.
  virtual boost::asio::awaitable<void> serve() = 0;
};

/// Binds admin.listen; it must not be empty. What a reload says of `admin` is not taken over.
/// `context`, `service` and `source` must outlive the desk, and the desk the service's run. Errors:
/// those of listen_for_status.
Result<std::unique_ptr<HttpDesk>> open_http_desk(const CommandContext& context,
                                                 const AdminConfig& admin,
                                                 Service& service,
                                                 const DaemonSource& source);

}  // namespace authzd
