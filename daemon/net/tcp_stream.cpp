// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/tcp_stream.hpp"

#include "reconciler/base/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>

#include <poll.h>
#include <utility>

namespace authzd {

namespace asio = boost::asio;

namespace {

class TcpStream final : public ByteStream {
 public:
  TcpStream(asio::ip::tcp::socket socket, std::string peer)
      : socket_(std::move(socket)), peer_(std::move(peer)) {}

  Async<std::size_t> read_some(std::span<char> into) override {
    auto [ec, n] = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), kTuple);
    if (ec == asio::error::eof) co_return 0;
    if (ec) co_return stream_error(ec, "reading from", peer_);
    co_return n;
  }

  Async<std::size_t> write(std::string_view bytes) override {
    auto [ec, n] = co_await asio::async_write(socket_, asio::buffer(bytes), kTuple);
    if (ec) co_return stream_error(ec, "writing to", peer_);
    co_return n;
  }

  asio::awaitable<void> finish() override {
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    co_return;
  }

  void reset() override { reset_socket(socket_); }
  bool is_quiet() override { return is_socket_quiet(socket_); }

 private:
  asio::ip::tcp::socket socket_;
  std::string peer_;
};

}  // namespace

std::unique_ptr<ByteStream> make_tcp_stream(asio::ip::tcp::socket socket, std::string peer) {
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  return std::make_unique<TcpStream>(std::move(socket), std::move(peer));
}

void reset_socket(asio::ip::tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

bool is_socket_quiet(asio::ip::tcp::socket& socket) {
  if (!socket.is_open()) return false;
  pollfd interest{socket.native_handle(), POLLIN, 0};
  return ::poll(&interest, 1, 0) == 0;
}

Error stream_error(const boost::system::error_code& ec,
                   std::string_view doing,
                   std::string_view peer) {
  const auto code =
      ec == asio::error::operation_aborted ? ErrorCode::cancelled : ErrorCode::unavailable;
  return {code, std::string(doing) + " " + std::string(peer) + ": " + printable(ec.message())};
}

}  // namespace authzd
