// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// SandboxService behind daemon/net's HTTP server. Tests in the same process use it too.
#pragma once

#include "daemon/net/clock.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/sandbox/service.hpp"

#include <memory>
#include <string>

namespace authzd::sandbox {

/// For `HttpServer::serve`. `service` and `clock` must outlive it.
HttpHandler handler_of(SandboxService& service, Clock& clock);

/// "http://127.0.0.1:8080": the server's address for clients.
std::string url_of(const HttpServerOptions& options, const HttpServer& server);

}  // namespace authzd::sandbox
