// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tokens for an API key. The key is read again for each token, so that a rotated one takes effect
// without a restart.
#pragma once

#include "daemon/iam/token_source.hpp"
#include "daemon/iam/wire.hpp"
#include "reconciler/base/secret.hpp"

#include <filesystem>
#include <string_view>

namespace authzd {

/// The key is in a file or, if `file` is empty, passed in (from the environment).
struct ApiKey {
  std::filesystem::path file = {};
  Secret value = {};
};

/// Parses a key file: the key itself with surrounding white space, or JSON that IBM's console
/// downloads, with a member `apikey`. Errors: invalid_config; the message says what is wrong and
/// shows nothing of the text.
Result<Secret> parse_api_key(std::string_view text);

/// Errors: invalid_config, with the file.
Result<Secret> read_api_key(const ApiKey& key);

class ApiKeyTokenSource final : public TokenSource {
 public:
  ApiKeyTokenSource(ApiKey key, Wire wire);

  Async<Token> fetch() override;

 private:
  ApiKey key_;
  Wire wire_;
};

}  // namespace authzd
