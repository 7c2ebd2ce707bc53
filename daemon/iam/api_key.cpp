// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/api_key.hpp"

#include "daemon/iam/json_reader.hpp"
#include "daemon/iam/token_request.hpp"
#include "daemon/net/small_file.hpp"
#include "reconciler/base/text.hpp"

#include <utility>

namespace authzd {
namespace {

Error unusable_key(std::string_view why) {
  return Error{ErrorCode::invalid_config, "the API key " + std::string(why)};
}

}  // namespace

Result<Secret> parse_api_key(std::string_view text) {
  const std::string_view key = trim(text);
  if (key.empty()) return unusable_key("is empty");
  if (!key.starts_with('{')) {
    if (key.find_first_of(" \t\r\n") != std::string_view::npos)
      return unusable_key("holds white space");
    return Secret(std::string(key));
  }
  const std::optional<Json> json = parse_json(key);
  if (!json) return unusable_key("is JSON that cannot be read");
  std::string member = text_or_empty(*json, "apikey");
  if (member.empty()) return unusable_key("is JSON without a member 'apikey'");
  return Secret(std::move(member));
}

Result<Secret> read_api_key(const ApiKey& key) {
  if (key.file.empty()) return parse_api_key(key.value.reveal());
  const Result<Secret> text = read_secret_file(key.file, "the API key");
  if (!text) return text.error();
  Result<Secret> parsed = parse_api_key(text->reveal());
  if (parsed) return parsed;
  return std::move(parsed).error().context("reading " + printable(key.file.string()));
}

ApiKeyTokenSource::ApiKeyTokenSource(ApiKey key, Wire wire)
    : key_(std::move(key)), wire_(std::move(wire)) {}

Async<Token> ApiKeyTokenSource::fetch() {
  Result<Secret> key = read_api_key(key_);
  if (!key) co_return std::move(key).error();
  TokenForm form("apikey");
  form.add("apikey", key->reveal()).add("response_type", "cloud_iam");
  co_return co_await request_token(wire_, std::move(form), std::move(*key));
}

}  // namespace authzd
