// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// TLS, 1.2 or later and with forward secrecy, as a ByteStream over a TCP socket. The client side
// verifies the chain and the host name and describes what is wrong with a certificate.
#pragma once

#include "daemon/net/byte_stream.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>

namespace authzd {

/// A TLS configuration; shared by the streams made from it.
class TlsContext {
 public:
  /// Trusts the CAs in `ca_file` (PEM); if empty, those of the system. `ca_key` is the
  /// configuration key for the file. Errors: invalid_config if the file cannot be used.
  static Result<TlsContext> client(const std::string& ca_file, const std::string& ca_key);

  /// Errors: invalid_config if a file cannot be used or the two do not match.
  static Result<TlsContext> server(const std::string& certificate_file,
                                   const std::string& key_file);

  TlsContext();
  TlsContext(TlsContext&&) noexcept;
  TlsContext& operator=(TlsContext&&) noexcept;
  ~TlsContext();

  /// Performs the handshake as the client of `host`, a name or an address.
  /// Errors: unavailable, with the reason (expired, self-signed, for another host, unknown CA).
  Async<std::unique_ptr<ByteStream>> connect(boost::asio::ip::tcp::socket socket, std::string host);

  /// Performs the handshake as the server.
  Async<std::unique_ptr<ByteStream>> accept(boost::asio::ip::tcp::socket socket, std::string peer);

 private:
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace authzd
