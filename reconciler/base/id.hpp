// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Strong identifiers: an account id cannot be passed as a policy id.
#pragma once

#include <compare>
#include <string>
#include <utility>

namespace authzd {

template <class Tag>
struct Id {
  std::string value;

  Id() = default;
  explicit Id(std::string text) : value(std::move(text)) {}

  [[nodiscard]] bool empty() const { return value.empty(); }
  auto operator<=>(const Id&) const = default;
};

using AccountId = Id<struct AccountTag>;  // 32 lower-case hex digits, without "a/"
using PolicyId = Id<struct PolicyTag>;    // the UUID assigned by IAM
using IamId = Id<struct IamTag>;          // "IBMid-…", "iam-ServiceId-…", "iam-Profile-…"
using Etag = Id<struct EtagTag>;          // opaque; empty: the reply had none

}  // namespace authzd
