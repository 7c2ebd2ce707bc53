// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tokens of a trusted profile that another identity assumes (iam-api §7.4). The first token is
// fetched again each time, and used for nothing else.
#pragma once

#include "daemon/iam/token_source.hpp"
#include "daemon/iam/wire.hpp"

#include <memory>
#include <string>

namespace authzd {

class AssumeProfileTokenSource final : public TokenSource {
 public:
  /// `profile` is an id or a CRN.
  AssumeProfileTokenSource(std::unique_ptr<TokenSource> base, std::string profile, Wire wire);

  Async<Token> fetch() override;

 private:
  std::unique_ptr<TokenSource> base_;
  std::string profile_;
  Wire wire_;
};

}  // namespace authzd
