// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/connect.hpp"

#include "daemon/net/aside.hpp"
#include "daemon/net/deadline.hpp"
#include "daemon/net/http_codec.hpp"
#include "daemon/net/tcp_stream.hpp"
#include "daemon/net/version.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
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

namespace {

constexpr int kMostUnderWay = 16;

/// Running look-ups of the whole process; they may outlive everything else.
std::atomic<int> under_way = 0;

struct Place {
  Place() { ++under_way; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { --under_way; }
};

Error cannot_look_up(const std::string& host, std::string_view why) {
  return {ErrorCode::unavailable, "looking up " + printable(host) + ": " + std::string(why)};
}

}  // namespace

Result<Endpoints> resolve_host(const std::string& host, std::uint16_t port) {
  asio::io_context own;
  asio::ip::tcp::resolver resolver(own);
  boost::system::error_code ec;
  const auto results = resolver.resolve(host, std::to_string(port), ec);
  if (ec) return cannot_look_up(host, printable(ec.message()));
  return Endpoints(results.begin(), results.end());
}

Async<Endpoints> look_up_host(std::string host,
                              std::uint16_t port,
                              std::chrono::milliseconds limit,
                              Resolve resolve) {
  if (under_way >= kMostUnderWay) {
    co_return cannot_look_up(host, "too many look-ups have not ended yet");
  }
  // Each has its own Aside: look-ups do not wait for one another.
  Aside aside(co_await asio::this_coro::executor, limit);
  auto doing = "looking up " + printable(host);
  std::function<Result<Endpoints>()> call = [place = std::make_shared<Place>(),
                                             host = std::move(host),
                                             port,
                                             resolve = std::move(resolve)] {
    return resolve(host, port);
  };
  co_return co_await aside.run(std::move(call), std::move(doing));
}

namespace {

std::string authority_of(const Origin& target) {
  const bool is_v6 = target.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + target.host + "]" : target.host;
  return host + ":" + std::to_string(target.port);
}

std::string request_for(const std::string& authority, const Proxy& proxy) {
  std::string text = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  text += "User-Agent: " + std::string(kUserAgent) + "\r\n";
  if (!proxy.authorization.empty()) {
    text += "Proxy-Authorization: " + std::string(proxy.authorization.reveal()) + "\r\n";
  }
  return text + "\r\n";
}

Error refusal(int status, const std::string& authority, bool had_credentials) {
  const std::string number = " (HTTP " + std::to_string(status) + ")";
  const bool is_about_credentials = status == 407 || status == 401;  // 401: tinyproxy
  std::string why = "does not lead to " + authority + number;
  if (is_about_credentials && had_credentials) {
    why = "refuses the user and password in HTTPS_PROXY" + number + "; put the right ones there";
  } else if (is_about_credentials) {
    why = "wants a user and a password" + number +
          "; put them into HTTPS_PROXY: http://user:password@host:port";
  } else if (status == 403 || status == 405) {
    why +=
        ": have its rules let CONNECT to that host and port through, or name the host in "
        "NO_PROXY if it can be reached directly";
  } else if (status >= 500) {
    why += ": it cannot reach it either, or cannot look up its name";
  }
  return Error{ErrorCode::unavailable, std::move(why)};
}

/// The status of the reply's header; the peer must not have sent anything after it.
Async<int> read_status(asio::ip::tcp::socket& socket,  // coroutine-ref: the awaiter's
                       std::size_t max_header) {
  ReplyParser parser(ReplyTo::connect, {max_header, 0});
  std::string input;
  std::array<char, 4096> part;
  while (true) {
    const auto [ec, size] = co_await socket.async_read_some(asio::buffer(part), kTuple);
    if (ec && ec != asio::error::eof) co_return stream_error(ec, "reading from", "it");
    input.append(part.data(), size);
    auto complete = size > 0 ? parser.feed(input) : parser.end();
    if (!complete) co_return std::move(complete).error();
    if (!*complete) continue;
    const int status = parser.take().status;
    if (status / 100 != 2 || input.empty()) co_return status;
    co_return Error{ErrorCode::bad_response, "more follows than the reply to CONNECT"};
  }
}

}  // namespace

Async<void> open_tunnel(asio::ip::tcp::socket& socket,
                        const Origin& target,
                        const Proxy& proxy,
                        std::size_t max_header) {
  const std::string authority = authority_of(target);
  const std::string who = "the proxy " + proxy.name();
  const Secret request(request_for(authority, proxy));
  const auto bytes = asio::buffer(request.reveal());
  const auto [ec, written] = co_await asio::async_write(socket, bytes, kTuple);
  if (ec) co_return stream_error(ec, "writing to", who);
  auto status = co_await read_status(socket, max_header);
  if (!status) co_return std::move(status).error().context(who);
  if (*status / 100 == 2) co_return Result<void>();
  Error error = refusal(*status, printable(authority), !proxy.authorization.empty());
  error.message.insert(0, who + " ");
  co_return error;
}

}  // namespace authzd
