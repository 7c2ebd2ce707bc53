// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The peer of a connection, byte by byte: it sends what no well-behaved peer would.
#pragma once

#include "daemon/net/byte_stream.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/net/tls_stream.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace authzd::test {

class RawPeer {
 public:
  explicit RawPeer(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  /// A whole header, including its empty line; less if the connection ends before.
  boost::asio::awaitable<std::string> read_head();

  /// The next data; empty at the end.
  boost::asio::awaitable<std::string> read_part();

  /// Everything until the connection ends, in whatever way.
  boost::asio::awaitable<std::string> read_rest();

  /// False if the peer is gone.
  boost::asio::awaitable<bool> write(std::string bytes);

  boost::asio::awaitable<void> finish() { co_await stream_->finish(); }
  void reset() { stream_->reset(); }
  void close() { stream_.reset(); }

 private:
  /// False at the end.
  boost::asio::awaitable<bool> read_more();

  std::unique_ptr<ByteStream> stream_;
  std::string input_;
};

/// Handles the nth connection, from 1. The peer outlives it and is closed when it ends.
using Script = std::function<boost::asio::awaitable<void>(RawPeer& peer, int nth)>;

/// Accepts any number of connections and runs `script` on each.
class RawServer {
 public:
  RawServer(boost::asio::any_io_executor executor, Supervisor& tasks, std::string address);

  void play(Script script, std::optional<TlsContext> tls = std::nullopt);
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> run(boost::asio::ip::tcp::socket socket, int nth);

  boost::asio::ip::tcp::acceptor acceptor_;
  Supervisor& tasks_;
  Script script_;
  std::optional<TlsContext> tls_;
  int connections_ = 0;
};

/// Connects to 127.0.0.1.
boost::asio::awaitable<RawPeer> connect_raw(std::uint16_t port);

/// Yields until everything else that is ready has run.
boost::asio::awaitable<void> let_others_run();

}  // namespace authzd::test
