// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/connect.hpp"

#include "daemon/net/deadline.hpp"
#include "daemon/net/host_look_up.hpp"
#include "daemon/net/tcp_stream.hpp"
#include "daemon/net/tunnel.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace authzd {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// `origin` belongs to the caller.
Async<Endpoints> endpoints_of(const Origin& origin, std::chrono::milliseconds limit) {
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(origin.host, not_an_address);
  if (!not_an_address) co_return Endpoints{tcp::endpoint(address, origin.port)};

  co_return co_await look_up_host(origin.host, origin.port, limit);
}

/// The socket is on the heap, as the value of a coroutine must be default-constructible.
Async<std::unique_ptr<tcp::socket>> connect_to(tcp::endpoint endpoint) {
  auto socket = std::make_unique<tcp::socket>(co_await asio::this_coro::executor);
  auto [ec] = co_await socket->async_connect(endpoint, kTuple);
  const auto name = endpoint.address().to_string() + " port " + std::to_string(endpoint.port());
  if (ec) co_return stream_error(ec, "connecting to", name);
  co_return socket;
}

/// One address after the other; one that does not answer may use only its share of the time.
/// `origin` belongs to the caller.
Async<std::unique_ptr<tcp::socket>> connect_to_any(const Origin& origin, HttpLimits limits) {
  auto endpoints = co_await endpoints_of(origin, limits.connect);
  if (!endpoints) co_return std::move(endpoints).error();

  Error last{ErrorCode::unavailable, "looking up " + printable(origin.host) + ": no address"};
  const auto share = limits.connect / std::max<std::size_t>(1, endpoints->size());
  for (const auto& endpoint : *endpoints) {
    auto attempt = connect_to(endpoint);
    auto socket = co_await with_deadline(
        std::move(attempt), share, "connecting to " + endpoint.address().to_string());
    if (socket) co_return std::move(*socket);
    last = std::move(socket).error();
  }
  co_return last;
}

/// `origin` belongs to the caller.
Async<std::unique_ptr<tcp::socket>> reach_straight(const Origin& origin, HttpLimits limits) {
  auto connecting = connect_to_any(origin, limits);
  co_return co_await with_deadline(
      std::move(connecting), limits.connect, "connecting to " + to_string(origin));
}

/// A socket that is connected to the origin, directly or through the proxy. `origin` and `proxy`
/// belong to the caller.
Async<std::unique_ptr<tcp::socket>> reach(const Origin& origin,
                                          HttpLimits limits,
                                          const Proxy* proxy) {
  if (proxy == nullptr) co_return co_await reach_straight(origin, limits);
  const Origin there{"http", proxy->host, proxy->port};
  const std::string who = "the proxy " + proxy->name();
  auto socket = co_await reach_straight(there, limits);
  if (!socket) co_return std::move(socket).error().context(who + " (HTTPS_PROXY)");
  auto opening = open_tunnel(**socket, origin, *proxy, limits.max_header);
  auto opened = co_await with_deadline(
      std::move(opening), limits.handshake, "waiting for a tunnel through " + who);
  if (!opened) co_return std::move(opened).error();
  co_return socket;
}

}  // namespace

Async<std::unique_ptr<ByteStream>> connect(const Origin& origin,
                                           HttpLimits limits,
                                           TlsContext* tls,
                                           const Proxy* proxy) {
  auto reaching = reach(origin, limits, proxy);
  auto socket = co_await std::move(reaching);
  if (!socket) co_return std::move(socket).error();

  if (tls == nullptr) co_return make_tcp_stream(std::move(**socket), to_string(origin));
  auto handshake = tls->connect(std::move(**socket), origin.host);
  co_return co_await with_deadline(
      std::move(handshake), limits.handshake, "TLS handshake with " + to_string(origin));
}

}  // namespace authzd
