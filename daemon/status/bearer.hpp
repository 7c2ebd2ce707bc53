// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether a request carries the token that opens the guarded pages (RFC 6750).
#pragma once

#include "daemon/net/http.hpp"
#include "reconciler/base/secret.hpp"

#include <cstddef>

namespace authzd {

/// A shorter one could be guessed.
inline constexpr std::size_t kShortestToken = 16;

/// Takes the same time whatever differs, the lengths included. Two such headers are none.
bool has_bearer_token(const HttpHeaders& headers, const Secret& token);

}  // namespace authzd
