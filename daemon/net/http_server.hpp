// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A small HTTP/1.1 server over plain TCP or TLS: the sandbox's, and the daemon's listener. A
// handler is a coroutine from request to reply; it may also cut the connection, before or after.
#pragma once

#include "daemon/log.hpp"
#include "daemon/net/http.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace authzd {

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;             // 0: any free one
  std::string certificate_file = {};  // PEM; both empty: plain HTTP
  std::string key_file = {};
  std::size_t max_header_bytes = 16U << 10U;
  std::size_t max_body_bytes = 1U << 20U;
  // At a time. A further one replaces a connection with a slow client, which is dropped.
  std::size_t max_connections = 256;
  std::chrono::milliseconds read{30'000};   // a request must arrive within this; also keep-alive
  std::chrono::milliseconds send{30'000};   // a client must take a reply, or a piece, within this
  std::chrono::milliseconds linger{2'000};  // after a refusal: for the client to notice it
  Log log = {};                             // of handlers that throw, and of refused accepts
};

/// A body that is made while it is sent.
class BodySource {
 public:
  virtual ~BodySource() = default;

  /// The next piece; empty: it is complete. Errors: the connection is closed, so that the client
  /// sees that it is not. Cancellation: safe.
  virtual Async<std::string> next() = 0;

  /// Called once when the sending has ended, well or not; nothing of it is at work afterwards.
  virtual boost::asio::awaitable<void> close() = 0;

  /// The server stops: it should come to its end soon.
  virtual void stop() = 0;
};

/// What a handler makes of a request. `cut` closes the connection instead of, or in, the reply.
struct HttpReply {
  enum class Cut { none, before_reply, in_body };

  HttpResponse response;
  Cut cut = Cut::none;
  bool is_last = false;  // of this connection
  /// In the place of response.body: sent in chunks, each as soon as it is there.
  std::shared_ptr<BodySource> source = {};
};

using HttpHandler = std::function<boost::asio::awaitable<HttpReply>(HttpRequest)>;

class HttpServer {
 public:
  virtual ~HttpServer() = default;

  /// The port that it listens on.
  [[nodiscard]] virtual std::uint16_t port() const = 0;

  /// Serves until cancelled or stopped, and waits until every connection has ended. Call it once;
  /// this, and all that `handler` refers to, must outlive it.
  virtual boost::asio::awaitable<void> serve(HttpHandler handler) = 0;

  /// Closes the listener and every connection.
  virtual void stop() = 0;
};

/// Binds and listens. Errors: invalid_config (address, certificate), unavailable (port in use).
Result<std::unique_ptr<HttpServer>> make_http_server(boost::asio::any_io_executor executor,
                                                     HttpServerOptions options);

}  // namespace authzd
