// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account's calls to IAM and to the Resource Controller: each with a token, retried if that is
// safe, within one budget for the call and its token. The reading and writing gateways of the
// account share a session.
#pragma once

#include "daemon/iam/token.hpp"
#include "daemon/iam/token_sources.hpp"
#include "daemon/iam/wire.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/retry/retry.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace authzd {

/// Supplies the calls of an account with tokens: one refresh in flight; other calls continue with
/// the old token or wait for the new one. A token of another account is never given out: a key can
/// be replaced at any time, also between two calls of a cycle.
class TokenKeeper {
 public:
  /// `account`: whose tokens are meant; empty: of any account.
  TokenKeeper(std::unique_ptr<TokenSource> source, AccountId account, Clock& clock, Log log);
  ~TokenKeeper();

  /// Errors: those of TokenSource::fetch, forbidden (of another account), and only if there is no
  /// usable token. All who waited for an attempt get its error. Cancellation: the waiters try
  /// again.
  Async<Bearer> get();

  /// IAM answered 401 to the token with that serial: the next get() fetches another.
  void refuse(unsigned serial) { cache_.drop(serial); }

 private:
  struct Refresh;
  class Finish;

  Async<Bearer> refresh();

  Result<void> check(const TokenClaims& claims) const;

  std::unique_ptr<TokenSource> source_;
  AccountId account_;
  Clock& clock_;
  Log log_;
  TokenCache cache_;
  std::shared_ptr<Refresh> refresh_;  // in flight; null: none
};

struct ApiCall {
  std::string method;
  std::string target;  // path and query, encoded
  Purpose purpose = Purpose::read;
  std::string body = {};
  Etag etag = {};  // not empty: sent as If-Match, exactly as received
  /// Limit for the call with all its attempts; RetryPolicy::budget if unset or longer.
  std::optional<std::chrono::milliseconds> longest = {};
  bool may_be_silent = false;    // as in HttpRequest
  int also = 0;                  // as in Wire::send
  bool leaves_timeouts = false;  // no retry if is_too_slow(): the caller asks for less
};

/// IAM, or a gateway in front of it, timed out: asking for less may help.
[[nodiscard]] bool is_too_slow(const Error& error);

struct SessionOptions {
  AccountId account = {};  // whose tokens may be used; empty: of any account
  RetryPolicy retry = {};
  Log log = {};
  std::shared_ptr<HttpClient> resources = {};  // owned for the wire that borrows it; may be null
};

class Session {
 public:
  /// `iam` and `resources`, which leads to the Resource Controller, share `pace`; a 429 slows it
  /// down for all. Token requests have their own pace, in `source`.
  Session(Wire iam,
          Wire resources,
          std::shared_ptr<Pace> pace,
          std::unique_ptr<TokenSource> source,
          const SessionOptions& options,
          Clock& clock,
          Randomness& randomness);

  /// A complete answer, as in WireReply. After a 401 it fetches another token and retries once;
  /// that does not count as an attempt. Errors: those of Wire::send and of the token. Idempotent:
  /// by `call.purpose`; a write is repeated only if IAM certainly did nothing.
  Async<WireReply> call(ApiCall call);

  /// A token to inspect, with the same retries.
  Async<Bearer> token();

  [[nodiscard]] Clock& clock() const { return clock_; }
  [[nodiscard]] const Log& log() const { return log_; }
  [[nodiscard]] std::shared_ptr<const Pace> pace() const { return pace_; }

 private:
  struct Tries {
    TokenBucket::Time begun;
    RetryPolicy policy;
    int failed = 0;
    std::chrono::milliseconds unasked{0};  // the wait if IAM does not say how long
  };

  Async<WireReply> send(ApiCall call, Secret token, TokenBucket::Time begun);
  std::optional<std::chrono::milliseconds> wait_after(const Error& error,
                                                      Idempotency idempotency,
                                                      Tries& tries);
  void hold_all(const Error& error,
                std::optional<std::chrono::milliseconds> wait,
                const Tries& tries);

  Wire iam_;
  Wire resources_;
  std::shared_ptr<Pace> pace_;
  TokenKeeper tokens_;
  RetryPolicy retry_;
  Log log_;
  std::shared_ptr<HttpClient> kept_;
  Clock& clock_;
  Randomness& randomness_;
};

}  // namespace authzd
