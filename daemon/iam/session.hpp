// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One account's calls to IAM and to Resource Controller: each with a token, retried where that is
// safe, within one budget for the call and the token that it needs. Reading and writing gateways of
// the account share a session.
#pragma once

#include "daemon/iam/token_keeper.hpp"
#include "daemon/iam/wire.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/retry/retry.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace authzd {

struct ApiCall {
  std::string method;
  std::string target;  // path and query, encoded
  Purpose purpose = Purpose::read;
  std::string body = {};
  Etag etag = {};  // not empty: sent as If-Match, exactly as IAM gave it
  /// The call with all its attempts; without it, or where it is longer, RetryPolicy::budget.
  std::optional<std::chrono::milliseconds> longest = {};
  bool may_be_silent = false;    // as in HttpRequest
  int also = 0;                  // as Wire::send has it
  bool leaves_timeouts = false;  // what is_too_slow() is not tried again: the caller asks for less
};

/// IAM did not answer in time, or a gateway before it said so: to ask for less may help.
[[nodiscard]] bool is_too_slow(const Error& error);

struct SessionOptions {
  RetryPolicy retry = {};
  Log log = {};
  std::shared_ptr<HttpClient> resources = {};  // kept for the wire that borrows it; may be null
};

class Session {
 public:
  /// `iam` and `resources`, which leads to Resource Controller, go at the speed of `pace`; a 429
  /// slows it down for all. The requests for tokens have a pace of their own, in `source`.
  Session(Wire iam,
          Wire resources,
          std::shared_ptr<Pace> pace,
          std::unique_ptr<TokenSource> source,
          const SessionOptions& options,
          Clock& clock,
          Randomness& randomness);

  /// A whole answer, as WireReply has it. A 401 fetches another token and tries once more; that is
  /// no attempt. Errors: those of Wire::send and of the token. Idempotent: by `call.purpose`; a
  /// write is repeated only where IAM surely did nothing.
  Async<WireReply> call(ApiCall call);

  /// A token to look into, with the same retries.
  Async<Bearer> token();

  [[nodiscard]] Clock& clock() const { return clock_; }
  [[nodiscard]] const Log& log() const { return log_; }
  [[nodiscard]] std::shared_ptr<const Pace> pace() const { return pace_; }

 private:
  struct Tries {
    TokenBucket::Time begun;
    RetryPolicy policy;
    int failed = 0;
    std::chrono::milliseconds unasked{0};  // to wait, where IAM does not say how long
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
