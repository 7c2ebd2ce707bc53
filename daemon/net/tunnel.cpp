// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/tunnel.hpp"

#include "daemon/net/http_codec.hpp"
#include "daemon/net/tcp_stream.hpp"
#include "daemon/net/version.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace authzd {
namespace {

namespace asio = boost::asio;

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
