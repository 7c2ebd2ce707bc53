// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/api_key.hpp"

#include "daemon/iam/json_reader.hpp"
#include "reconciler/base/text.hpp"

#include <fstream>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kLargestFile = 64U << 10U;

Error unusable(std::string_view why) {
  return Error{ErrorCode::invalid_config, "the API key " + std::string(why)};
}

HttpRequest token_request(const Secret& key) {
  HttpRequest request{"POST", "/identity/token"};
  request.headers = {{"Accept", "application/json"},
                     {"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = "grant_type=" + url_encode("urn:ibm:params:oauth:grant-type:apikey") +
                 "&apikey=" + url_encode(key.reveal()) + "&response_type=cloud_iam";
  return request;
}

}  // namespace

Result<Secret> parse_api_key(std::string_view text) {
  const std::string_view key = trim(text);
  if (key.empty()) return unusable("is empty");
  if (!key.starts_with('{')) {
    if (key.find_first_of(" \t\r\n") != std::string_view::npos)
      return unusable("holds white space");
    return Secret(std::string(key));
  }
  const std::optional<Json> json = parse_json(key);
  if (!json) return unusable("is JSON that cannot be read");
  std::string member = text_or_empty(*json, "apikey");
  if (member.empty()) return unusable("is JSON without a member 'apikey'");
  return Secret(std::move(member));
}

Result<Secret> read_api_key(const ApiKey& key) {
  if (key.file.empty()) return parse_api_key(key.value.reveal());
  const std::string doing = "reading " + printable(key.file.string());
  std::ifstream file(key.file, std::ios::binary);
  std::string text(kLargestFile, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) return unusable("cannot be read").context(doing);
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() == kLargestFile) return unusable("is too long").context(doing);

  Result<Secret> parsed = parse_api_key(Secret(std::move(text)).reveal());
  if (!parsed) return std::move(parsed).error().context(doing);
  return parsed;
}

ApiKeyTokenSource::ApiKeyTokenSource(ApiKey key, Wire wire)
    : key_(std::move(key)), wire_(std::move(wire)) {}

Async<Token> ApiKeyTokenSource::fetch() {
  Result<Secret> key = read_api_key(key_);
  if (!key) co_return std::move(key).error();
  HttpRequest request = token_request(*key);
  Result<WireReply> reply = co_await wire_.send(std::move(request), Purpose::token, *key);
  if (!reply) co_return std::move(reply).error();

  Result<Token> token = decode_token_reply(reply->response.body);
  if (!token) {
    Error error = std::move(token).error();
    error.detail.http_status = reply->response.status;
    error.detail.transaction_id = reply->transaction_id;
    co_return error;
  }
  co_return token;
}

}  // namespace authzd
