// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A token in a file that another program keeps fresh; the file is read again for each refresh.
#pragma once

#include "daemon/iam/token_source.hpp"
#include "daemon/net/clock.hpp"

#include <filesystem>

namespace authzd {

class BearerFileTokenSource final : public TokenSource {
 public:
  /// `clock` must outlive this; a token's remaining life is its claim `exp` by that clock.
  BearerFileTokenSource(std::filesystem::path file, const Clock& clock)
      : file_(std::move(file)), clock_(clock) {}

  /// Errors: also unauthenticated, if the token has expired.
  Async<Token> fetch() override;

 private:
  std::filesystem::path file_;
  const Clock& clock_;
};

}  // namespace authzd
