// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/server.hpp"

#include <utility>

namespace authzd::sandbox {
namespace {

// The handler owns nothing: both outlive the server.
boost::asio::awaitable<HttpReply> answer(SandboxService& service,
                                         Clock& clock,
                                         HttpRequest request) {
  SandboxReply reply = service.handle(request, clock.now());
  if (reply.delay.count() > 0) co_await clock.sleep(reply.delay);
  co_return std::move(reply);
}

}  // namespace

HttpHandler handler_of(SandboxService& service, Clock& clock) {
  return [&service, &clock](HttpRequest request) {
    return answer(service, clock, std::move(request));
  };
}

std::string url_of(const HttpServerOptions& options, const HttpServer& server) {
  const bool v6 = options.address.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + options.address + "]" : options.address;
  const std::string scheme = options.certificate_file.empty() ? "http://" : "https://";
  return scheme + host + ":" + std::to_string(server.port());
}

}  // namespace authzd::sandbox
