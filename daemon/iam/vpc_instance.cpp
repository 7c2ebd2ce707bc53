// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/vpc_instance.hpp"

#include "daemon/iam/json_reader.hpp"
#include "daemon/iam/token_sources.hpp"
#include "reconciler/base/text.hpp"

#include <array>
#include <utility>

namespace authzd {
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
