// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A tunnel through an HTTP proxy (CONNECT, RFC 9110 §9.3.6). Everything that then passes through it
// is TLS: the proxy learns the host's name and port, and nothing else.
#pragma once

#include "daemon/net/http.hpp"
#include "daemon/net/proxy.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace authzd {

/// Asks the proxy that `socket` is connected to for a tunnel to `target`; afterwards the socket's
/// bytes are the target's. Errors: unavailable (the proxy refuses, or closes), bad_response (it
/// does not speak HTTP). The caller limits the time. Cancellation: safe; the socket is then
/// unusable.
Async<void> open_tunnel(boost::asio::ip::tcp::socket& socket,  // coroutine-ref: the awaiter's
                        const Origin& target,                  // coroutine-ref: the awaiter's
                        const Proxy& proxy,                    // coroutine-ref: the awaiter's
                        std::size_t max_header);

}  // namespace authzd
