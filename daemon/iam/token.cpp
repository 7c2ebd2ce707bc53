// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/token.hpp"

#include "daemon/iam/json_reader.hpp"
#include "daemon/iam/policy_codec.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>

namespace authzd {

namespace {

Error bad_token(std::string_view why) {
  return Error{ErrorCode::bad_response, "the token that IAM gave " + std::string(why)};
}

// The last second of a Timestamp; no token lives that long.
constexpr std::int64_t kLastSecond = 253'402'300'799;

std::optional<Timestamp> end_of(const Json& claims) {
  const auto expires = whole_number(claims, "exp");
  if (!expires || *expires < 0 || *expires > kLastSecond) return std::nullopt;
  return Timestamp(std::chrono::seconds(*expires));
}

std::optional<std::chrono::seconds> life_of(const Json& claims) {
  const auto issued = whole_number(claims, "iat");
  const auto expires = whole_number(claims, "exp");
  if (!issued || !expires || *issued < 0 || *expires <= *issued) return std::nullopt;
  return std::chrono::seconds(*expires - *issued);
}

}  // namespace

Result<TokenClaims> decode_claims(std::string_view jwt) {
  const auto first = jwt.find('.');
  const auto second = first == std::string_view::npos ? first : jwt.find('.', first + 1);
  if (second == std::string_view::npos) return bad_token("is no JWT");
  const auto text = base64_decoded(jwt.substr(first + 1, second - first - 1));
  const auto json = text ? parse_json(*text) : std::nullopt;
  if (!json || !json->is_object()) return bad_token("has claims that cannot be decoded");

  TokenClaims claims;
  claims.iam_id = IamId(text_or_empty(*json, "iam_id"));
  if (claims.iam_id.empty()) claims.iam_id = IamId(text_or_empty(*json, "id"));
  if (claims.iam_id.empty()) return bad_token("does not say whose it is");
  if (const Json* account = find_member(*json, "account")) {
    claims.account = AccountId(to_lower(text_or_empty(*account, "bss")));
  }
  claims.life = life_of(*json);
  claims.expires_at = end_of(*json);
  return claims;
}

Error wrong_account(const AccountId& found, const AccountId& meant) {
  return {ErrorCode::forbidden,
          "the token belongs to account " + printable(found.value) +
              ", and not to the account that is meant, " + meant.value +
              "; it was not used. Give a key of that account, or put its id right"};
}

Result<Token> decode_token_reply(std::string_view body) {
  const std::optional<Json> json = parse_json(body);
  if (!json) return Error{ErrorCode::bad_response, "the reply " + describe_non_json(body)};
  Token token;
  token.text = Secret(text_or_empty(*json, "access_token"));
  if (token.text.empty()) return Error{ErrorCode::bad_response, "the reply holds no token"};
  Result<TokenClaims> claims = decode_claims(token.text.reveal());
  if (!claims) return std::move(claims).error();

  token.claims = *std::move(claims);
  const auto expires_in = whole_number(*json, "expires_in");
  if (expires_in) token.life = std::chrono::seconds(*expires_in);
  if (token.claims.life) token.life = *token.claims.life;
  if (token.life <= std::chrono::seconds(0)) return bad_token("does not say how long it lives");
  return token;
}

namespace {

constexpr std::chrono::seconds kEndMargin(10);
constexpr std::chrono::seconds kAfterFailure(60);
// IAM's tokens are valid for an hour at most. Whatever a token says, it is renewed after a day, and
// no clock arithmetic is done with external numbers.
constexpr std::chrono::seconds kLongestLife = std::chrono::hours(24);

}  // namespace

void TokenCache::store(Token token, Time asked_at) {
  bearer_ = Bearer{std::move(token.text), std::move(token.claims), ++serial_};
  const auto life = std::min(token.life, kLongestLife);
  refresh_at_ = asked_at + life * 4 / 5;
  ends_at_ = asked_at + life - kEndMargin;
}

bool TokenCache::expired(Time now) const {
  return !bearer_ || now >= ends_at_;
}

bool TokenCache::expiring_soon(Time now) const {
  return !expired(now) && now >= refresh_at_;
}

void TokenCache::refresh_failed(Time now) {
  refresh_at_ = now + kAfterFailure;
}

void TokenCache::drop(unsigned serial) {
  if (bearer_ && bearer_->serial == serial) bearer_.reset();
}

}  // namespace authzd
