// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Base64 (RFC 4648), as HTTP's basic authentication and JSON web tokens write bytes.
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

}  // namespace authzd
