// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One connection of the HTTP server: requests and replies in turn, until one side has had enough.
#pragma once

#include "daemon/net/byte_stream.hpp"
#include "daemon/net/connection_limit.hpp"
#include "daemon/net/http_server.hpp"

#include <memory>

namespace authzd {

/// `options`, `handler` and `place` belong to the caller; whose turn it is, is told to `place`.
/// A handler that throws is answered with 500.
boost::asio::awaitable<void> run_http_session(std::unique_ptr<ByteStream> stream,
                                              const HttpServerOptions& options,
                                              const HttpHandler& handler,
                                              ConnectionLimit::Member& place);

}  // namespace authzd
