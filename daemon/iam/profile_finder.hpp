// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The accounts that an identity may enter: those with a trusted profile of one name that it may
// assume (iam-api §13, POST /identity/profiles).
#pragma once

#include "daemon/iam/token_sources.hpp"
#include "daemon/iam/wire.hpp"
#include "daemon/net/async.hpp"
#include "reconciler/base/id.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct AssumableProfile {
  std::string id;
  std::string name;
  AccountId account;

  bool operator==(const AssumableProfile&) const = default;
};

/// Errors: bad_response, if the reply cannot be decoded, or says that it is only a part.
Result<std::vector<AssumableProfile>> decode_profiles(std::string_view body);

/// Those with that name, by account; one of each account. Errors: those of the token, of the wire
/// and of decode_profiles(); conflict, if an account has two of that name.
Async<std::vector<AssumableProfile>> find_profiles(std::unique_ptr<TokenSource> tokens,
                                                   Wire wire,
                                                   std::string name);

}  // namespace authzd
