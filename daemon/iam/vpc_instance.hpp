// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tokens for a virtual server of VPC: its metadata service vouches for the instance, and gives a
// token of the trusted profile that is linked to it (iam-api §7.2).
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/iam/token_source.hpp"
#include "daemon/iam/wire.hpp"

#include <cstddef>
#include <memory>
#include <optional>

namespace authzd {

/// The way to it. The wire speaks through the client.
struct MetadataService {
  std::shared_ptr<HttpClient> client;
  Wire wire;
};

class VpcInstanceTokenSource final : public TokenSource {
 public:
  /// Without a `service` every fetch fails.
  VpcInstanceTokenSource(VpcInstanceAuth auth, std::optional<MetadataService> service);

  /// Speaks the version of the paths that answered last, and the other one where that is gone.
  Async<Token> fetch() override;

 private:
  /// The text of the instance identity token, by the version of that index.
  Async<Secret> identity(std::size_t version);
  Async<Token> iam_token(std::size_t version, Secret identity);

  VpcInstanceAuth auth_;
  std::optional<MetadataService> service_;
  std::size_t version_ = 0;
};

}  // namespace authzd
