// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Percent-encoding, in the parts of a URL (RFC 3986).
#pragma once

#include <string>
#include <string_view>

namespace authzd {

/// All but unreserved characters as %XX, for a query or a path segment.
std::string percent_encoded(std::string_view text);

enum class Plus { itself, blank };  // blank: in a query that a form wrote

/// A percent sign that no two hex digits follow stands for itself, as it does for curl.
std::string percent_decoded(std::string_view text, Plus plus = Plus::itself);

}  // namespace authzd
