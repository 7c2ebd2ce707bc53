// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tokens: the reply of POST /identity/token, the claims in a token, and an API key's file. No error
// shows anything of them.
#include "daemon/iam/token.hpp"
#include "daemon/iam/token_sources.hpp"
#include "tests/fuzz/policies.hpp"

#include <chrono>

namespace authzd::fuzz {
namespace {

void check_error(const Error& error, std::string_view secret) {
  promise_secret(to_string(error), secret);
  promise_showable(to_string(error), "an error may be shown");
}

void check_claims(const TokenClaims& claims) {
  promise(!claims.iam_id.empty(), "a token says whose it is");
  promise(!claims.life || claims.life->count() > 0, "a token lives for some time");
  promise(!claims.expires_at || !to_rfc3339(*claims.expires_at).empty(), "its end can be written");
}

}  // namespace

void iam_token(std::string_view input) {
  const auto reply = decode_token_reply(input);
  if (reply) {
    promise(!reply->text.empty() && reply->life > std::chrono::seconds(0), "a token can be used");
    check_claims(reply->claims);
  } else {
    check_error(reply.error(), input);
  }
  const auto claims = decode_claims(input);
  claims ? check_claims(*claims) : check_error(claims.error(), input);
  const auto key = parse_api_key(input);
  if (!key) check_error(key.error(), input);
  promise(!key || !key->empty(), "a key is not empty");
}

}  // namespace authzd::fuzz
