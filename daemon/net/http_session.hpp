// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One connection of the HTTP server: requests and replies in turn, until one side ends it.
#pragma once

#include "daemon/net/byte_stream.hpp"
#include "daemon/net/connection_limit.hpp"
#include "daemon/net/http_server.hpp"

#include <memory>

namespace authzd {

/// `options`, `handler` and `place` belong to the caller; `place` is kept up to date on whose turn
/// it is. If a handler throws, the reply is 500.
boost::asio::awaitable<void> run_http_session(std::unique_ptr<ByteStream> stream,
                                              const HttpServerOptions& options,
                                              const HttpHandler& handler,
                                              ConnectionLimit::Member& place);

}  // namespace authzd
