// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where tokens come from; one class per kind of credential.
#pragma once

#include "daemon/iam/token_codec.hpp"
#include "daemon/net/async.hpp"

namespace authzd {

class TokenSource {
 public:
  virtual ~TokenSource() = default;

  /// One attempt at a new token. Errors: unauthenticated (the credential was refused),
  /// invalid_config (it cannot be read), bad_response, and transient ones, which the caller
  /// retries.
  virtual Async<Token> fetch() = 0;
};

}  // namespace authzd
