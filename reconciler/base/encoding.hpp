// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Bytes as text: base64 (RFC 4648), as HTTP's basic authentication and JSON web tokens write them,
// and percent-encoding for the parts of a URL (RFC 3986).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// With '+', '/' and padding (section 4).
std::string base64(std::string_view bytes);

/// With '-' and '_', and without padding (section 5).
std::string base64url(std::string_view bytes);

/// Of either alphabet, with or without padding; none where another character occurs. Bits at the
/// end that make no byte are dropped.
std::optional<std::string> base64_decoded(std::string_view text);

/// Encodes everything but unreserved characters as %XX, for a query or a path segment.
std::string percent_encoded(std::string_view text);

enum class Plus { itself, blank };  // blank: in a query written by a form

/// A percent sign without two hex digits after it is kept, as curl does.
std::string percent_decoded(std::string_view text, Plus plus = Plus::itself);

}  // namespace authzd
