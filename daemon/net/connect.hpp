// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Connects to an origin: name look-up, TCP, perhaps a proxy's tunnel, TLS.
#pragma once

#include "daemon/net/byte_stream.hpp"
#include "daemon/net/http.hpp"
#include "daemon/net/tls_stream.hpp"

#include <memory>

namespace authzd {

struct Proxy;

/// Connects to the first address that answers, of the origin, or of the proxy, which is then asked
/// for a tunnel to the origin. `tls` is null for plain HTTP, `proxy` for a direct connection; they
/// and `origin` belong to the caller. Errors: unavailable (name, connection, proxy, certificate),
/// timeout, bad_response (of a proxy). Cancellation: safe.
Async<std::unique_ptr<ByteStream>> connect(const Origin& origin,
                                           HttpLimits limits,
                                           TlsContext* tls,
                                           const Proxy* proxy);

}  // namespace authzd
