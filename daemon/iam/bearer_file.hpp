// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A token that something else puts into a file and keeps fresh there; the file is read again for
// each refresh.
#pragma once

#include "daemon/iam/token_source.hpp"
#include "daemon/net/clock.hpp"

#include <filesystem>

namespace authzd {

class BearerFileTokenSource final : public TokenSource {
 public:
  /// `clock` must outlive this; a token's life is what its claim `exp` leaves of it by that clock.
  BearerFileTokenSource(std::filesystem::path file, const Clock& clock)
      : file_(std::move(file)), clock_(clock) {}

  /// Errors: also unauthenticated, where the token has expired.
  Async<Token> fetch() override;

 private:
  std::filesystem::path file_;
  const Clock& clock_;
};

}  // namespace authzd
