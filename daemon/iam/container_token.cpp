// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/container_token.hpp"

#include "daemon/iam/token_request.hpp"
#include "daemon/net/small_file.hpp"
#include "reconciler/base/text.hpp"

#include <string>
#include <utility>

namespace authzd {
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

Result<Secret> ContainerTokenSource::read_token() const {
  if (!auth_.file.empty()) return read_token_file(auth_.file, kContainerToken);
  std::vector<std::string> names;
  for (const auto& place : places_) {
    std::error_code ec;
    if (std::filesystem::exists(place, ec)) return read_token_file(place, kContainerToken);
    names.push_back(place.string());
  }
  return Error{ErrorCode::invalid_config,
               std::string(kContainerToken) + " is in none of its places: " + join(names, ", ") +
                   "; have the platform mount it, or name its file in auth.containerToken.file"};
}

Async<Token> ContainerTokenSource::fetch() {
  Result<Secret> compute = read_token();
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
                                 "compute resource, and that the token is not out of date";
  co_return advise(std::move(token).error(), what_to_do);
}

}  // namespace authzd
