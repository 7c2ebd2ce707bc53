// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A client and a server in this process, on one loop: the loop runs until the test's coroutine has
// ended; then everything is cancelled and awaited.
#pragma once

#include "daemon/net/http_client.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/net/supervisor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace authzd::test {

/// A loop that ends with its coroutine. A test that hangs is ended by ctest.
class NetTest : public ::testing::Test {
 protected:
  boost::asio::any_io_executor executor() { return io.get_executor(); }

  std::unique_ptr<HttpServer> listen(HttpServerOptions options = {}) {
    auto server = make_http_server(executor(), std::move(options));
    if (!server) throw std::runtime_error(to_string(server.error()));
    return std::move(*server);
  }

  /// A client of the server on `port`, with limits that no working test reaches.
  std::unique_ptr<HttpClient> client_of(std::uint16_t port, HttpClientOptions options = {}) {
    if (options.origin.scheme.empty()) options.origin.scheme = "http";
    if (options.origin.host.empty()) options.origin.host = "127.0.0.1";
    options.origin.port = port;
    auto client = make_http_client(executor(), std::move(options));
    if (!client) throw std::runtime_error(to_string(client.error()));
    return std::move(*client);
  }

  void serve(HttpServer& server, HttpHandler handler) {
    servers.start("server", server.serve(std::move(handler)));
  }

  /// Runs `operation` to its end, then stops the servers and runs the loop until it is empty.
  template <class T>
  Result<T> run(Async<T> operation) {
    std::optional<Result<T>> result;
    std::exception_ptr thrown;
    const auto on_end = [&](std::exception_ptr error, Result<T> value) {
      thrown = error;
      if (!error) result.emplace(std::move(value));
      servers.stop();
    };
    boost::asio::co_spawn(executor(), std::move(operation), on_end);
    io.restart();
    io.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
  }

  boost::asio::io_context io{1};
  Supervisor servers{io.get_executor(), Log()};
};

inline HttpRequest get(std::string target) {
  return {"GET", std::move(target)};
}

inline HttpReply text_reply(std::string body) {
  HttpReply reply;
  reply.response.status = 200;
  reply.response.body = std::move(body);
  return reply;
}

}  // namespace authzd::test
