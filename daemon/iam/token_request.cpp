// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/token_request.hpp"

#include "daemon/iam/reply.hpp"
#include "reconciler/base/encoding.hpp"

#include <utility>

namespace authzd {

TokenForm::TokenForm(std::string_view grant) {
  add("grant_type", "urn:ibm:params:oauth:grant-type:" + std::string(grant));
}

TokenForm& TokenForm::add(std::string_view name, std::string_view value) {
  if (!text_.empty()) text_ += '&';
  text_ += std::string(name) + "=" + percent_encoded(value);
  return *this;
}

Async<Token> request_token(Wire wire, TokenForm form, Secret secret) {
  HttpRequest request{"POST", "/identity/token"};
  request.headers = {{"Accept", "application/json"},
                     {"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = form.text();
  Result<WireReply> reply =
      co_await wire.send(std::move(request), Purpose::token, std::move(secret));
  if (!reply) co_return std::move(reply).error();
  co_return token_in(*reply);
}

Result<Token> token_in(const WireReply& reply) {
  Result<Token> token = decode_token_reply(reply.response.body);
  if (!token) return with_reply(std::move(token).error(), reply);
  return token;
}

Error advise(Error error, std::string_view what_to_do) {
  if (error.code == ErrorCode::unauthenticated) error.message += "; " + std::string(what_to_do);
  return error;
}

}  // namespace authzd
