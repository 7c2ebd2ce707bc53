// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/net/raw_peer.hpp"

#include "daemon/net/tcp_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <utility>

namespace authzd::test {

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<bool> RawPeer::read_more() {
  std::array<char, 4096> part;
  const auto size = co_await stream_->read_some(part);
  if (!size || *size == 0) co_return false;
  input_.append(part.data(), *size);
  co_return true;
}

asio::awaitable<std::string> RawPeer::read_head() {
  while (input_.find("\r\n\r\n") == std::string::npos) {
    if (!co_await read_more()) co_return std::exchange(input_, {});
  }
  const auto end = input_.find("\r\n\r\n") + 4;
  std::string head = input_.substr(0, end);
  input_.erase(0, end);
  co_return head;
}

asio::awaitable<std::string> RawPeer::read_part() {
  if (input_.empty()) co_await read_more();
  co_return std::exchange(input_, {});
}

asio::awaitable<std::string> RawPeer::read_rest() {
  bool more = true;
  while (more) more = co_await read_more();
  co_return std::exchange(input_, {});
}

asio::awaitable<bool> RawPeer::write(std::string bytes) {
  const auto written = co_await stream_->write(bytes);
  co_return written.has_value();
}

RawServer::RawServer(asio::any_io_executor executor, Supervisor& tasks, std::string address)
    : acceptor_(executor, tcp::endpoint(asio::ip::make_address(address), 0)), tasks_(tasks) {}

void RawServer::play(Script script, std::optional<TlsContext> tls) {
  script_ = std::move(script);
  tls_ = std::move(tls);
  tasks_.start("raw server", accept_all());
}

asio::awaitable<void> RawServer::accept_all() {
  while (true) {
    tcp::socket socket(acceptor_.get_executor());
    const auto [ec] = co_await acceptor_.async_accept(socket, kTuple);
    if (ec) co_return;
    ++connections_;
    tasks_.start("raw session", run(std::move(socket), connections_));
  }
}

asio::awaitable<void> RawServer::run(tcp::socket socket, int nth) {
  std::unique_ptr<ByteStream> stream;
  if (tls_) {
    auto accepted = co_await tls_->accept(std::move(socket), "client");
    if (!accepted) co_return;
    stream = std::move(*accepted);
  } else {
    stream = make_tcp_stream(std::move(socket), "client");
  }
  RawPeer peer(std::move(stream));
  co_await script_(peer, nth);
}

asio::awaitable<RawPeer> connect_raw(std::uint16_t port) {
  tcp::socket socket(co_await asio::this_coro::executor);
  const tcp::endpoint server(asio::ip::address_v4::loopback(), port);
  co_await socket.async_connect(server, asio::use_awaitable);
  co_return RawPeer(make_tcp_stream(std::move(socket), "server"));
}

asio::awaitable<void> let_others_run() {
  const auto executor = co_await asio::this_coro::executor;
  for (int i = 0; i < 100; ++i) co_await asio::post(executor, asio::use_awaitable);
}

}  // namespace authzd::test
