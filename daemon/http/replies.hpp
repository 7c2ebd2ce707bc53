// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The replies of the listener: content types, and the security headers for browsers.
#pragma once

#include "daemon/http/routes.hpp"
#include "daemon/net/http.hpp"
#include "reconciler/base/error.hpp"

#include <string>

namespace authzd {

HttpResponse text_page(int status, std::string line);  // `line` without its newline
HttpResponse html_page(std::string document);
HttpResponse json_page(std::string document);
HttpResponse metrics_page(std::string text);

/// A refusal, in the form of the route: JSON below /api/, else a line of text.
HttpResponse refusal(const Route& route, int status, const Error& error);

/// For every reply, including refusals. A header that it has already stays.
void add_security_headers(HttpResponse& response);

}  // namespace authzd
