// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Supplies the calls of an account with tokens: one refresh in flight; other calls continue with
// the old token or wait for the new one.
#pragma once

#include "daemon/iam/token.hpp"
#include "daemon/iam/token_sources.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"

#include <memory>

namespace authzd {

class TokenKeeper {
 public:
  TokenKeeper(std::unique_ptr<TokenSource> source, Clock& clock, Log log);
  ~TokenKeeper();

  /// Errors: those of TokenSource::fetch, and only if there is no usable token. All who waited for
  /// an attempt get its error. Cancellation: the waiters try again.
  Async<Bearer> get();

  /// IAM answered 401 to the token with that serial: the next get() fetches another.
  void refuse(unsigned serial) { cache_.drop(serial); }

 private:
  struct Refresh;
  class Finish;

  Async<Bearer> refresh();

  std::unique_ptr<TokenSource> source_;
  Clock& clock_;
  Log log_;
  TokenCache cache_;
  std::shared_ptr<Refresh> refresh_;  // in flight; null: none
};

}  // namespace authzd
