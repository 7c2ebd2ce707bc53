// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The addresses of a host. Nothing can interrupt a look-up, which takes as long as the name servers
// let it: it runs in a thread of its own, and neither its caller nor the end of the process waits
// for one that hangs, as they would for Asio's.
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
/// timeout; unavailable where too many look-ups hang already. Cancellation: leaves it to itself and
/// unwinds.
Async<Endpoints> look_up_host(std::string host,
                              std::uint16_t port,
                              std::chrono::milliseconds limit,
                              Resolve resolve = resolve_host);

}  // namespace authzd
