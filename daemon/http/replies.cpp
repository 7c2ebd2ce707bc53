// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/replies.hpp"

#include "daemon/admin/api_error.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

HttpResponse page(int status, std::string_view type, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", std::string(type)}};
  response.body = std::move(body);
  return response;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSecurityHeaders{
    {{"Cache-Control", "no-store"},
     {"Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src "
      "'self'; "
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
     // With no-referrer, a browser would send "Origin: null" with the console's own forms.
     {"Referrer-Policy", "same-origin"},
     {"X-Content-Type-Options", "nosniff"},
     {"X-Frame-Options", "DENY"}}};

}  // namespace

HttpResponse text_page(int status, std::string line) {
  return page(status, "text/plain; charset=utf-8", std::move(line) + "\n");
}

HttpResponse html_page(std::string document) {
  return page(200, "text/html; charset=utf-8", std::move(document));
}

HttpResponse json_page(std::string document) {
  return page(200, "application/json", std::move(document));
}

HttpResponse metrics_page(std::string text) {
  return page(200, "text/plain; version=0.0.4; charset=utf-8", std::move(text));
}

HttpResponse refusal(const Route& route, int status, const Error& error) {
  if (!route.path.starts_with("/api/")) return text_page(status, error.message);
  return api_error(status, error);
}

void add_security_headers(HttpResponse& response) {
  for (const auto& [name, value] : kSecurityHeaders) {
    if (!find_header(response.headers, name).empty()) continue;
    response.headers.push_back({std::string(name), std::string(value)});
  }
}

}  // namespace authzd
