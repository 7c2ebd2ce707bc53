// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A connected stream of bytes, plain or TLS, so that the HTTP code does not deal with sockets.
#pragma once

#include "daemon/net/async.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace authzd {

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Reads what is available, at least one byte; 0 at the orderly end (EOF; with TLS, the peer's
  /// close_notify). `into` belongs to the caller. Errors: unavailable (reset; TLS ended without
  /// close_notify). Cancellation: the stream is unusable afterwards.
  virtual Async<std::size_t> read_some(std::span<char> into) = 0;

  /// Writes all of it and returns its size. `bytes` belongs to the caller. Errors: unavailable.
  virtual Async<std::size_t> write(std::string_view bytes) = 0;

  /// Ends the sending side (TLS close_notify, then FIN). Errors are ignored.
  virtual boost::asio::awaitable<void> finish() = 0;

  /// Closes at once; the peer sees a reset.
  virtual void reset() = 0;

  /// Whether it looks usable for another request: open, and without unexpected data.
  [[nodiscard]] virtual bool is_quiet() = 0;
};

}  // namespace authzd
