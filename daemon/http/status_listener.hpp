// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon's TCP listener (admin.listen): plain HTTP with tight limits, because anyone may reach
// the port. StatusSite provides the content.
#pragma once

#include "daemon/http/status_site.hpp"
#include "daemon/net/http_server.hpp"

#include <memory>
#include <string_view>

namespace authzd {

/// The limits for a client: header, body, connections and time.
HttpServerOptions status_listener_options();

/// Binds "address:port"; an IPv6 address is in brackets, and "localhost" is 127.0.0.1. Logs a
/// warning if other hosts can reach it. Errors: invalid_config (not an address), unavailable (in
/// use, not of this host).
Result<std::unique_ptr<HttpServer>> listen_for_status(boost::asio::any_io_executor executor,
                                                      std::string_view where,
                                                      HttpServerOptions options);

/// `site` must outlive the server that uses this.
HttpHandler handler_of(StatusSite& site);

}  // namespace authzd
