// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/status_listener.hpp"

#include "reconciler/base/text.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <string>
#include <utility>

namespace authzd {
namespace {

Result<void> read_endpoint(std::string_view where, HttpServerOptions& options) {
  const std::size_t colon = where.rfind(':');
  std::string_view host = where.substr(0, colon);
  const std::string_view port =
      colon == std::string_view::npos ? std::string_view{} : where.substr(colon + 1);
  const char* const end = port.data() + port.size();
  const auto [stop, failed] = std::from_chars(port.data(), end, options.port);
  if (failed != std::errc{} || stop != end) {
    return Error{ErrorCode::invalid_config,
                 "admin.listen: \"" + printable(where) +
                     "\" is not an address and a port, such as 127.0.0.1:9464"};
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  options.address = host == "localhost" ? "127.0.0.1" : std::string(host);
  return {};
}

bool is_open_to_others(const std::string& address) {
  boost::system::error_code failed;
  const auto parsed = boost::asio::ip::make_address(address, failed);
  return !failed && !parsed.is_loopback();
}

}  // namespace

HttpServerOptions status_listener_options() {
  HttpServerOptions options;
  options.max_header_bytes = 8U << 10U;
  options.max_body_bytes = 1U << 20U;  // of a hook
  options.max_connections = 64;
  options.read = std::chrono::seconds(10);
  options.send = std::chrono::seconds(10);
  return options;
}

Result<std::unique_ptr<HttpServer>> listen_for_status(boost::asio::any_io_executor executor,
                                                      std::string_view where,
                                                      HttpServerOptions options) {
  if (auto read = read_endpoint(where, options); !read) return std::move(read).error();
  const Log log = options.log;
  const std::string address = options.address;
  auto server = make_http_server(std::move(executor), std::move(options));
  if (!server) return std::move(server).error().context("admin.listen");
  const std::string port = std::to_string((*server)->port());
  if (is_open_to_others(address)) {
    log.warning(
        "the status listener can be reached from other hosts, over plain HTTP: put a "
        "proxy with TLS before it, or listen on 127.0.0.1",
        {{"address", address}, {"port", port}});
  } else {
    log.info("the status listener listens", {{"address", address}, {"port", port}});
  }
  return server;
}

HttpHandler handler_of(StatusSite& site) {
  return [&site](HttpRequest request) -> boost::asio::awaitable<HttpReply> {
    HttpReply reply;
    reply.response = site.answer(request, Caller::remote);
    co_return reply;
  };
}

}  // namespace authzd
