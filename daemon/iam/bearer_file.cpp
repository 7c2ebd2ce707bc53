// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/bearer_file.hpp"

#include "daemon/net/small_file.hpp"
#include "reconciler/base/text.hpp"

#include <chrono>
#include <utility>

namespace authzd {
namespace {

constexpr std::string_view kBearerToken = "the bearer token";

/// `ibmcloud iam oauth-tokens` prints the scheme before the token.
Result<Secret> without_scheme(const Secret& text) {
  constexpr std::string_view kScheme = "Bearer ";
  std::string_view token = text.reveal();
  if (iequals(token.substr(0, kScheme.size()), kScheme)) token = trim(token.substr(kScheme.size()));
  if (token.find_first_of(" \t\r\n") == std::string_view::npos) return Secret(std::string(token));
  return Error{ErrorCode::invalid_config, std::string(kBearerToken) + " holds white space"};
}

Result<Token> token_of(const Secret& text, Timestamp now) {
  Result<Secret> jwt = without_scheme(text);
  if (!jwt) return std::move(jwt).error();
  const Result<TokenClaims> claims = decode_claims(jwt->reveal());
  if (!claims || !claims->expires_at) {
    return Error{ErrorCode::invalid_config,
                 std::string(kBearerToken) +
                     " is none of IAM's: it must be a JWT that says whose it is and when it ends"};
  }
  const auto left = std::chrono::floor<std::chrono::seconds>(*claims->expires_at - now);
  if (left.count() > 0) return Token{std::move(*jwt), *claims, left};
  return Error{ErrorCode::unauthenticated,
               std::string(kBearerToken) + " expired at " + to_rfc3339(*claims->expires_at) +
                   "; have a new one written to the file: it is read again by itself"};
}

}  // namespace

Async<Token> BearerFileTokenSource::fetch() {
  Result<Secret> text = read_secret_file(file_, kBearerToken);
  if (!text) co_return std::move(text).error();
  Result<Token> token = token_of(*text, clock_.now());
  if (token) co_return token;
  co_return std::move(token).error().context("reading " + printable(file_.string()));
}

}  // namespace authzd
