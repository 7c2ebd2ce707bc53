// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How an account gets its tokens (design §7), as a value: from the configuration, or an API key
// that was passed in. One factory makes a TokenSource from it.
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
  std::string assume_profile;  // id or CRN of a trusted profile to assume next; empty: none
};

/// A client of the metadata service; null if the credential does not need one. It never uses a
/// proxy. Errors: those of make_http_client.
Result<std::shared_ptr<HttpClient>> make_metadata_client(boost::asio::any_io_executor executor,
                                                         const Credential& credential);

/// The wires of the sources.
struct TokenWires {
  Wire iam;
  std::optional<MetadataService> metadata = {};  // only if the credential needs it
};

/// `clock` must outlive the source.
std::unique_ptr<TokenSource> make_token_source(Credential credential,
                                               const TokenWires& wires,
                                               const Clock& clock);

}  // namespace authzd
