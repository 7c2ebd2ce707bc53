// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tokens for a virtual server of VPC: its metadata service vouches for the instance, and issues a
// token of its linked trusted profile (iam-api §7.2).
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/iam/token_sources.hpp"
#include "daemon/iam/wire.hpp"

#include <cstddef>
#include <memory>
#include <optional>

namespace authzd {

/// Access to it. The wire borrows the client.
struct MetadataService {
  std::shared_ptr<HttpClient> client;
  Wire wire;
};

class VpcInstanceTokenSource final : public TokenSource {
 public:
  /// Without a `service` every fetch fails.
  VpcInstanceTokenSource(VpcInstanceAuth auth, std::optional<MetadataService> service);

  /// Uses the last API version that answered, and the other one if that is gone.
  Async<Token> fetch() override;

 private:
  /// The text of the instance identity token, with the version of that index.
  Async<Secret> identity(std::size_t version);
  Async<Token> iam_token(std::size_t version, Secret identity);

  VpcInstanceAuth auth_;
  std::optional<MetadataService> service_;
  std::size_t version_ = 0;
};

}  // namespace authzd
