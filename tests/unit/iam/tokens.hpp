// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tokens in IAM's format, unsigned: for the tests of this folder.
#pragma once

#include "reconciler/base/encoding.hpp"

#include <string>
#include <string_view>

namespace authzd {

inline std::string make_jwt(std::string_view claims) {
  return base64url(R"({"alg":"none"})") + "." + base64url(claims) + ".c2lnbmF0dXJl";
}

}  // namespace authzd
