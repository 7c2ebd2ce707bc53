// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks the token that grants access to the protected pages (RFC 6750).
#pragma once

#include "daemon/net/http.hpp"
#include "reconciler/base/secret.hpp"

#include <cstddef>
#include <string_view>

namespace authzd {

/// A shorter one could be guessed.
inline constexpr std::size_t kShortestToken = 16;

/// Takes constant time, also for different lengths.
bool is_token(std::string_view given, const Secret& token);

/// Takes constant time, also for different lengths. Two such headers are refused.
bool has_bearer_token(const HttpHeaders& headers, const Secret& token);

}  // namespace authzd
