// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A connected stream of bytes, plain or TLS, so that what speaks HTTP knows nothing of sockets. A
// way through a proxy will be one more of these.
#pragma once

#include "daemon/net/async.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace authzd {

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Reads what is there, at least one byte; 0 at the orderly end (EOF; with TLS, its
  /// close_notify). `into` belongs to the caller. Errors: unavailable (reset; TLS ended without
  /// close_notify). Cancellation: the stream is of no use afterwards.
  virtual Async<std::size_t> read_some(std::span<char> into) = 0;

  /// Writes all of it and returns its size. `bytes` belongs to the caller. Errors: unavailable.
  virtual Async<std::size_t> write(std::string_view bytes) = 0;

  /// Says that nothing more is sent (TLS close_notify, then FIN). Problems are of no interest.
  virtual boost::asio::awaitable<void> finish() = 0;

  /// Closes at once, so that the other side sees a reset.
  virtual void reset() = 0;

  /// Whether it still looks usable for a next request: open, and nothing has arrived unasked.
  [[nodiscard]] virtual bool is_quiet() = 0;
};

}  // namespace authzd
