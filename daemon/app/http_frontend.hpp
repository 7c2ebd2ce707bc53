// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon behind its pages: hands them what the service knows, and counts the cycles for the
// metrics.
#pragma once

#include "daemon/app/daemon_source.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/config/config.hpp"
#include "daemon/http/status_site.hpp"
#include "daemon/service/daemon.hpp"

#include <memory>

namespace authzd {

class HttpFrontend {
 public:
  /// A reload does not change `admin`. `context`, `daemon` and `source` must outlive
  /// this, and this must outlive the daemon's run.
  HttpFrontend(const CommandContext& context,
               const AdminConfig& admin,
               Daemon& daemon,
               const DaemonSource& source);
  ~HttpFrontend();

  /// For the TCP listener and for the admin socket.
  [[nodiscard]] StatusSite& pages();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace authzd
