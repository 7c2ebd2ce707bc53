// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/token_sources.hpp"

#include "daemon/iam/json_reader.hpp"
#include "daemon/net/small_file.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <array>
#include <chrono>
#include <string>
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
  if (error.code != ErrorCode::unauthenticated) return error;
  if (error.message.ends_with('.')) error.message.pop_back();  // IAM's words are a sentence
  error.message += "; " + std::string(what_to_do);
  return error;
}

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
  Result<Token> token = co_await request_token(wire_, std::move(form), std::move(*key));
  if (token) co_return token;
  const std::string place = key_.file.empty() ? "IBMCLOUD_API_KEY" : printable(key_.file.string());
  co_return advise(std::move(token).error(), "the key is from " + place);
}

AssumeProfileTokenSource::AssumeProfileTokenSource(std::unique_ptr<TokenSource> base,
                                                   AssumedProfile profile,
                                                   Wire wire)
    : base_(std::move(base)), profile_(std::move(profile)), wire_(std::move(wire)) {}

Async<Token> AssumeProfileTokenSource::fetch() {
  Result<Token> first = co_await base_->fetch();
  if (!first) co_return std::move(first).error();
  TokenForm form("assume");
  form.add("access_token", first->text.reveal());
  const bool is_named = profile_.id_or_crn.empty();
  if (is_named) {
    form.add("profile_name", profile_.name).add("account", profile_.account.value);
  } else {
    form.add(profile_.id_or_crn.starts_with("crn:") ? "profile_crn" : "profile_id",
             profile_.id_or_crn);
  }

  Result<Token> token = co_await request_token(wire_, std::move(form), std::move(first->text));
  if (token) co_return token;
  const std::string who = printable(first->claims.iam_id.value);
  const std::string what_to_do =
      "check that the trusted profile exists, and that it lets " + who + " take it on";
  Error error = advise(std::move(token).error(), what_to_do);
  co_return std::move(error).context("taking on the trusted profile " +
                                     printable(is_named ? profile_.name : profile_.id_or_crn) +
                                     " (auth.assumeProfile)");
}

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

namespace {

constexpr std::string_view kContainerToken = "the compute resource token";
constexpr std::string_view kIdPrefix = "Profile-";  // of each trusted profile's id

}  // namespace

std::vector<std::filesystem::path> container_token_places() {
  return {"/var/run/secrets/tokens/vault-token",
          "/var/run/secrets/tokens/sa-token",
          "/var/run/secrets/codeengine.cloud.ibm.com/compute-resource-token/token"};
}

ContainerTokenSource::ContainerTokenSource(ContainerTokenAuth auth,
                                           Wire wire,
                                           std::vector<std::filesystem::path> places)
    : auth_(std::move(auth)), wire_(std::move(wire)), places_(std::move(places)) {}

Result<std::filesystem::path> ContainerTokenSource::token_file() const {
  if (!auth_.file.empty()) return std::filesystem::path(auth_.file);
  std::vector<std::string> names;
  for (const auto& place : places_) {
    std::error_code ec;
    if (std::filesystem::exists(place, ec)) return place;
    names.push_back(place.string());
  }
  return Error{ErrorCode::invalid_config,
               std::string(kContainerToken) + " is in none of its places: " + join(names, ", ") +
                   "; have the platform mount it, or name its file in auth.containerToken.file"};
}

Async<Token> ContainerTokenSource::fetch() {
  const auto file = token_file();
  if (!file) co_return file.error();
  Result<Secret> compute = read_token_file(*file, kContainerToken);
  if (!compute) co_return std::move(compute).error();
  TokenForm form("cr-token");
  form.add("cr_token", compute->reveal());
  const bool is_id = auth_.profile.starts_with(kIdPrefix);
  form.add(is_id ? "profile_id" : "profile_name", auth_.profile);

  Result<Token> token = co_await request_token(wire_, std::move(form), std::move(*compute));
  if (token) co_return token;
  const std::string what_to_do = "check that auth.containerToken.profile (" +
                                 printable(auth_.profile) +
                                 ") is a trusted profile of the account, that it trusts this "
                                 "compute resource, and that the token in " +
                                 printable(file->string()) + " is not out of date";
  co_return advise(std::move(token).error(), what_to_do);
}

namespace {

struct Paths {
  std::string_view identity;
  std::string_view iam_token;
};

constexpr std::array kVersions{
    Paths{"/instance_identity/v1/token?version=2022-03-01",
          "/instance_identity/v1/iam_token?version=2022-03-01"},
    Paths{"/identity/v1/token?version=2025-08-26", "/identity/v1/iam_tokens?version=2025-08-26"}};

HttpRequest metadata_request(std::string method, std::string_view target, std::string body) {
  HttpRequest request{std::move(method), std::string(target)};
  request.headers = {{"Accept", "application/json"}, {"Metadata-Flavor", "ibm"}};
  request.body = std::move(body);
  if (!request.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  return request;
}

std::string profile_body(const std::string& profile) {
  if (profile.empty()) return {};
  const char* member = profile.starts_with("crn:") ? "crn" : "id";
  return canonical_text({{"trusted_profile", {{member, profile}}}});
}

bool has_no_such_path(const Error& error) {
  return error.detail.http_status == 404;
}

/// No reply, or one from something else: the service is off, or this is no such server.
Error unreachable(Error error) {
  const bool no_reply = error.detail.http_status == 0;
  if (no_reply && error.code != ErrorCode::unavailable && error.code != ErrorCode::timeout) {
    return error;
  }
  if (!no_reply && !has_no_such_path(error)) return error;
  error.message +=
      "; auth.vpcInstance works only on a virtual server of VPC whose metadata service is enabled";
  return error;
}

}  // namespace

VpcInstanceTokenSource::VpcInstanceTokenSource(VpcInstanceAuth auth,
                                               std::optional<MetadataService> service)
    : auth_(std::move(auth)), service_(std::move(service)) {}

Async<Secret> VpcInstanceTokenSource::identity(std::size_t version) {
  HttpRequest request =
      metadata_request("PUT", kVersions.at(version).identity, R"({"expires_in":300})");
  const Secret nothing;
  Result<WireReply> reply =
      co_await service_->wire.send(std::move(request), Purpose::metadata, nothing);
  if (!reply) co_return std::move(reply).error();
  const auto json = parse_json(reply->response.body);
  Secret token;
  if (json) token = Secret(text_or_empty(*json, "access_token"));
  if (json && token.empty()) token = Secret(text_or_empty(*json, "identity_token"));
  if (!token.empty()) co_return token;
  Error error{ErrorCode::bad_response,
              "the metadata service's reply holds no instance identity token; something else may "
              "answer in its place"};
  co_return with_reply(std::move(error), *reply);
}

Async<Token> VpcInstanceTokenSource::iam_token(std::size_t version, Secret identity) {
  HttpRequest request =
      metadata_request("POST", kVersions.at(version).iam_token, profile_body(auth_.profile));
  request.headers.push_back({"Authorization", "Bearer " + std::string(identity.reveal())});
  Result<WireReply> reply =
      co_await service_->wire.send(std::move(request), Purpose::metadata, std::move(identity));
  if (reply) co_return token_in(*reply);
  std::string what_to_do =
      "link a trusted profile to the instance, or name one in "
      "auth.vpcInstance.profile";
  if (!auth_.profile.empty()) {
    what_to_do = "check that auth.vpcInstance.profile (" + printable(auth_.profile) +
                 ") exists, and that it trusts this instance";
  }
  co_return advise(std::move(reply).error(), what_to_do);
}

Async<Token> VpcInstanceTokenSource::fetch() {
  if (!service_) {
    co_return Error{ErrorCode::internal, "no way to the metadata service was given"};
  }
  Result<Secret> instance = co_await identity(version_);
  if (!instance && has_no_such_path(instance.error())) {
    version_ = (version_ + 1) % kVersions.size();
    instance = co_await identity(version_);
  }
  if (!instance) co_return unreachable(std::move(instance).error());
  co_return co_await iam_token(version_, std::move(*instance));
}

}  // namespace authzd
