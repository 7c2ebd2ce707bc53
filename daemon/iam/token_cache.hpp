// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The one token in use, and when it is due for another. A value: the time is an argument.
#pragma once

#include "daemon/iam/token_codec.hpp"

#include <chrono>
#include <optional>

namespace authzd {

/// A token as a call uses it. `serial` says which one it was, for when IAM refuses it.
struct Bearer {
  Secret text;
  TokenClaims claims;
  unsigned serial = 0;
};

class TokenCache {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `asked_at` is when the request for it went out: its life counts from there.
  void store(Token token, Time asked_at);

  /// Nothing to use: none was stored, it was dropped, or it ends within 10 s.
  [[nodiscard]] bool expired(Time now) const;

  /// Still good, but four fifths of its life are over, and no attempt at another failed in the last
  /// minute.
  [[nodiscard]] bool expiring_soon(Time now) const;

  /// Puts the next attempt off by a minute, as long as the token is good.
  void refresh_failed(Time now);

  /// IAM refused the token of that serial; a later one stays.
  void drop(unsigned serial);

  /// Must not be called where nothing was stored.
  [[nodiscard]] const Bearer& bearer() const { return *bearer_; }

 private:
  std::optional<Bearer> bearer_;
  unsigned serial_ = 0;
  Time refresh_at_{};
  Time ends_at_{};
};

}  // namespace authzd
