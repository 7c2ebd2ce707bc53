// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Connects to an origin: name look-up, TCP, perhaps a proxy's tunnel, TLS.
#pragma once

#include "daemon/net/async.hpp"
#include "daemon/net/byte_stream.hpp"
#include "daemon/net/http.hpp"
#include "daemon/net/proxy.hpp"
#include "daemon/net/tls_stream.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace authzd {

/// Connects to the first address that answers, of the origin, or of the proxy, which is then asked
/// for a tunnel to the origin. `tls` is null for plain HTTP, `proxy` for a direct connection; they
/// and `origin` belong to the caller. Errors: unavailable (name, connection, proxy, certificate),
/// timeout, bad_response (of a proxy). Cancellation: safe.
Async<std::unique_ptr<ByteStream>> connect(const Origin& origin,
                                           HttpLimits limits,
                                           TlsContext* tls,
                                           const Proxy* proxy);

/// The addresses of a host. A look-up cannot be interrupted, and takes as long as the name servers:
/// it runs in its own thread, and neither its caller nor the exit of the process waits for one that
/// hangs, as they would with Asio's.
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

/// Asks the HTTP proxy that `socket` is connected to for a tunnel to `target` (CONNECT, RFC 9110
/// §9.3.6); afterwards the socket's bytes are the target's. Everything that then passes through it
/// is TLS: the proxy learns the host's name and port, and nothing else. Errors: unavailable (the
/// proxy refuses, or closes), bad_response (it does not speak HTTP). The caller limits the time.
/// Cancellation: safe; the socket is then unusable.
Async<void> open_tunnel(boost::asio::ip::tcp::socket& socket,  // coroutine-ref: the awaiter's
                        const Origin& target,                  // coroutine-ref: the awaiter's
                        const Proxy& proxy,                    // coroutine-ref: the awaiter's
                        std::size_t max_header);

}  // namespace authzd
