// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How an account's tokens are had (design §7), as a value: what the configuration says of it, or an
// API key that was handed in. From it to a TokenSource there is one factory.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/iam/api_key.hpp"
#include "daemon/iam/vpc_instance.hpp"
#include "daemon/net/clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace authzd {

struct Credential {
  Credential() = default;
  Credential(ApiKey key) : base(std::move(key)) {}  // NOLINT(*-explicit-*): the common case
  explicit Credential(const AuthConfig& auth);

  std::variant<ApiKey, VpcInstanceAuth, ContainerTokenAuth, BearerTokenAuth> base;
  std::string assume_profile;  // id or CRN of a trusted profile to go on to; empty: none
};

/// A client of the metadata service; null where the credential does not need one. It is never given
/// a proxy. Errors: those of make_http_client.
Result<std::shared_ptr<HttpClient>> make_metadata_client(boost::asio::any_io_executor executor,
                                                         const Credential& credential);

/// What the sources speak through.
struct TokenWires {
  Wire iam;
  std::optional<MetadataService> metadata = {};  // only where the credential needs it
};

/// `clock` must outlive the source.
std::unique_ptr<TokenSource> make_token_source(Credential credential,
                                               const TokenWires& wires,
                                               const Clock& clock);

}  // namespace authzd
