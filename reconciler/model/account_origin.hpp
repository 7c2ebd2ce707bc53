// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How an account came into the fleet.
#pragma once

#include <string_view>

namespace authzd {

enum class AccountOrigin {
  configured,  // an entry of the configuration
  file,        // an entry of a file in the source
  discovered,  // IAM says that its profile may be assumed
};

constexpr std::string_view to_string(AccountOrigin origin) {
  switch (origin) {
    case AccountOrigin::configured: return "configured";
    case AccountOrigin::file: return "file";
    case AccountOrigin::discovered: break;
  }
  return "discovered";
}

}  // namespace authzd
