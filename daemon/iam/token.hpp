// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tokens as values: replies of the identity service, the claims inside a token, and the current
// token with the time to renew it; the time is an argument. The claims are read and not verified;
// IAM verifies them on every call.
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

/// Forbidden, with what to do: the token is of account `found`.
Error wrong_account(const AccountId& found, const AccountId& meant);

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

/// A token for a call. `serial` identifies it, in case IAM refuses it.
struct Bearer {
  Secret text;
  TokenClaims claims;
  unsigned serial = 0;
};

/// The current token, and when to renew it.
class TokenCache {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `asked_at` is when the request for it was sent: its life counts from there.
  void store(Token token, Time asked_at);

  /// No usable token: none was stored, it was dropped, or it expires within 10 s.
  [[nodiscard]] bool expired(Time now) const;

  /// Still valid, but four fifths of its life are over, and no renewal failed in the last minute.
  [[nodiscard]] bool expiring_soon(Time now) const;

  /// Postpones the next attempt by a minute, as long as the token is valid.
  void refresh_failed(Time now);

  /// IAM refused the token with that serial; a later one is not affected.
  void drop(unsigned serial);

  /// Must not be called before store().
  [[nodiscard]] const Bearer& bearer() const { return *bearer_; }

 private:
  std::optional<Bearer> bearer_;
  unsigned serial_ = 0;
  Time refresh_at_{};
  Time ends_at_{};
};

}  // namespace authzd
