// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// SHA-256 over text, plain and keyed, as OpenSSL computes it.
#pragma once

#include <string>
#include <string_view>

namespace authzd {

/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

/// HMAC-SHA256 (RFC 2104): 64 lower-case hex digits.
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

}  // namespace authzd
