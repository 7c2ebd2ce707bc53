// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Percent-encoding for the parts of a URL (RFC 3986).
#pragma once

#include <string>
#include <string_view>

namespace authzd {

/// Encodes everything but unreserved characters as %XX, for a query or a path segment.
std::string percent_encoded(std::string_view text);

enum class Plus { itself, blank };  // blank: in a query written by a form

/// A percent sign without two hex digits after it is kept, as curl does.
std::string percent_decoded(std::string_view text, Plus plus = Plus::itself);

}  // namespace authzd
