// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tokens for a compute resource: the platform (Kubernetes, Code Engine) puts its own token into a
// file, and IAM exchanges it for one of a trusted profile (iam-api §7.3).
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/iam/token_source.hpp"
#include "daemon/iam/wire.hpp"

#include <filesystem>
#include <vector>

namespace authzd {

/// Where platforms put the token, in the order in which IBM's own clients look.
std::vector<std::filesystem::path> container_token_places();

class ContainerTokenSource final : public TokenSource {
 public:
  /// Without a file in `auth`, the first existing one of `places` is read, chosen again each time.
  ContainerTokenSource(ContainerTokenAuth auth,
                       Wire wire,
                       std::vector<std::filesystem::path> places);

  Async<Token> fetch() override;

 private:
  [[nodiscard]] Result<Secret> read_token() const;

  ContainerTokenAuth auth_;
  Wire wire_;
  std::vector<std::filesystem::path> places_;
};

}  // namespace authzd
