// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A refusal below /api/v1, in the form that openapi.yaml describes.
#pragma once

#include "daemon/net/http.hpp"
#include "reconciler/base/error.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// {"error": {"code": "not_found", "message": "…"}}
HttpResponse api_error(int status, const Error& error);

/// The message in such a body; empty: it is none.
std::string message_of_api_error(std::string_view body);

}  // namespace authzd
