// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The current token, and when to renew it. A value: the time is an argument.
#pragma once

#include "daemon/iam/token_codec.hpp"

#include <chrono>
#include <optional>

namespace authzd {

/// A token for a call. `serial` identifies it, in case IAM refuses it.
struct Bearer {
  Secret text;
  TokenClaims claims;
  unsigned serial = 0;
};

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
