// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The addresses of a host. A look-up cannot be interrupted, and takes as long as the name servers:
// it runs in its own thread, and neither its caller nor the exit of the process waits for one that
// hangs, as they would with Asio's.
#pragma once

#include "daemon/net/async.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace authzd {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
using Resolve = std::function<Result<Endpoints>(const std::string& host, std::uint16_t port)>;

/// Blocks. Errors: unavailable.
Result<Endpoints> resolve_host(const std::string& host, std::uint16_t port);

/// `resolve` must be safe in another thread, which may outlive everything here. Errors: its own;
/// timeout; unavailable if too many look-ups are hanging already. Cancellation: abandons it and
/// unwinds.
Async<Endpoints> look_up_host(std::string host,
                              std::uint16_t port,
                              std::chrono::milliseconds limit,
                              Resolve resolve = resolve_host);

}  // namespace authzd
