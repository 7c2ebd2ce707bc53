// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Replies of the identity service, and the claims inside a token. The claims are read and not
// verified; IAM verifies them on every call.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"
#include "reconciler/base/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

struct TokenClaims {
  IamId iam_id;                              // `iam_id`, or `id` if that is missing
  AccountId account;                         // account.bss, lower case; may be empty
  std::optional<std::chrono::seconds> life;  // exp - iat
  std::optional<Timestamp> expires_at = {};  // exp

  bool operator==(const TokenClaims&) const = default;
};

/// A token with what is needed to use it. `life` counts from its request, so that a host with a
/// wrong clock neither keeps an expired token nor discards a valid one.
struct Token {
  Secret text;
  TokenClaims claims;
  std::chrono::seconds life{0};
};

/// POST /identity/token. Errors: bad_response (no token, or one that cannot be decoded).
Result<Token> decode_token_reply(std::string_view body);

/// Errors: bad_response if `jwt` is not a JWT, or has no identity. The message shows nothing of it.
Result<TokenClaims> decode_claims(std::string_view jwt);

}  // namespace authzd
