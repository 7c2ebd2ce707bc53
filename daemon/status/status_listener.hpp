// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon's TCP listener (admin.listen): plain HTTP with tight limits, as it may be reached by
// anyone who reaches the port. What it shows is StatusSite's.
#pragma once

#include "daemon/net/http_server.hpp"
#include "daemon/status/status_site.hpp"

#include <memory>
#include <string_view>

namespace authzd {

/// What a client of the listener may take: of header, body, connections and time.
HttpServerOptions status_listener_options();

/// Binds "address:port"; an IPv6 address stands in brackets, and "localhost" is 127.0.0.1. Warns in
/// the log where others than this host can reach it. Errors: invalid_config (not an address),
/// unavailable (in use, not of this host).
Result<std::unique_ptr<HttpServer>> listen_for_status(boost::asio::any_io_executor executor,
                                                      std::string_view where,
                                                      HttpServerOptions options);

/// `site` must outlive the server that is given this.
HttpHandler handler_of(StatusSite& site);

}  // namespace authzd
