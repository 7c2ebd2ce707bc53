// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who is signed in to the console: random ids, of which only digests are kept, and only in memory.
// A restart ends all sessions, and so does another token.
#pragma once

#include "daemon/net/clock.hpp"
#include "reconciler/base/secret.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::chrono::hours kSessionLife{12};  // from the sign-in on, whatever happens
inline constexpr std::chrono::hours kSessionIdle{1};   // without a request
inline constexpr std::size_t kMostSessions = 64;       // a further one replaces the longest unused

class Sessions {
 public:
  using Ticks = std::chrono::steady_clock::time_point;

  explicit Sessions(Randomness& randomness);

  /// Begins a session of someone who knows `token`, and returns its id, which is a secret.
  Secret open(const Secret& token, Ticks now);

  /// Whether the session is open; if so, this counts as a request of it. `token`: the current one.
  bool admit(std::string_view id, const Secret& token, Ticks now);

  /// Ends it; an unknown id is ignored.
  void close(std::string_view id);

  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

 private:
  struct Session {
    Ticks opened;
    Ticks used;
    std::string token;  // keyed digest of the token that opened it
  };

  static bool is_over(const Session& session, Ticks now);
  [[nodiscard]] std::string print_of(const Secret& token) const;

  Randomness& randomness_;
  Secret key_;                               // of this process, for digests of tokens
  std::map<std::string, Session> sessions_;  // by the digest of the id
};

}  // namespace authzd
