// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Gives every call of an account a token: one refresh in flight, everyone else either goes on with
// the old token or waits for the new one.
#pragma once

#include "daemon/iam/token_cache.hpp"
#include "daemon/iam/token_source.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"

#include <memory>

namespace authzd {

class TokenKeeper {
 public:
  TokenKeeper(std::unique_ptr<TokenSource> source, Clock& clock, Log log);
  ~TokenKeeper();

  /// Errors: those of TokenSource::fetch, and only where no usable token is left. All who waited
  /// for an attempt get its error. Cancellation: whoever waits tries again.
  Async<Bearer> get();

  /// IAM answered 401 to the token of that serial: the next get() fetches another.
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
